import Glibc

/// What people read when something is to be told.
enum StandardError {
    static func write(_ text: String) { writeAll(text, to: STDERR_FILENO) }

    static func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { writeAll($0, to: STDERR_FILENO) }
    }
}

/// What was asked for.
enum StandardOutput {
    /// - Returns: whether anybody reads it
    @discardableResult
    static func write(_ text: String) -> Bool { writeAll(text, to: STDOUT_FILENO) }

    /// Bytes that may be no text.
    static func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
    }
}

@discardableResult
private func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
}

/// Writes at once, so that lines of several threads do not mix; gives up when nobody reads.
@discardableResult
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
        guard count > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return true
}
