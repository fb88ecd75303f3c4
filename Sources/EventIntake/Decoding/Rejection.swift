/// What a decoder throws: small enough to cost nothing, a sentence is made of it only when someone reads it.
///
/// `@unchecked Sendable`: thrown and caught within one call, in one thread.
struct Rejection: Error, @unchecked Sendable {
    let reason: RejectReason
    /// Where in the input; points into the caller's bytes.
    let position: UnsafePointer<UInt8>
    /// What would have been accepted, to follow "expected".
    let expected: StaticString

    @inline(__always)
    init(_ reason: RejectReason, _ position: UnsafePointer<UInt8>, _ expected: StaticString) {
        self.reason = reason
        self.position = position
        self.expected = expected
    }
}

/// A rejected piece of input, for people.
package struct DecodeFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: RejectReason
    /// From 1: the line of a body, of a datagram, or of all that a connection has sent.
    package let line: Int
    /// From 1, counted in bytes.
    package let column: Int
    package let expected: String

    package var description: String {
        "line \(line), column \(column): \(reason): expected \(expected)"
    }
}
