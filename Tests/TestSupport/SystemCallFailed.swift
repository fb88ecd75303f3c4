import Glibc

/// A call into the C library failed; says which, on what, and why.
package struct SystemCallFailed: Error, CustomStringConvertible {
    package let call: String
    package let code: Int32

    /// Without a code, takes the thread's `errno`: construct it right after the call.
    package init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
