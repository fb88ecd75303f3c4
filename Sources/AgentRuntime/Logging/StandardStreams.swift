import Glibc

/// What people read when something is to be told.
enum StandardError {
    static func write(_ text: String) { writeAll(text, to: STDERR_FILENO) }

    static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { writeAll($0, to: STDERR_FILENO) }
    }
}

/// What was asked for.
enum StandardOutput {
    static func write(_ text: String) { writeAll(text, to: STDOUT_FILENO) }

    /// Bytes that may be no text.
    static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
    }
}

private func writeAll(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
}

/// Writes at once, so that lines of several threads do not mix; gives up when nobody reads.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
}
