import CPlatform
import Glibc

/// What people read when something is to be told.
enum StandardError {
    /// - Parameter patience: how long a reader is waited for that does not read; for ever when nil
    static func write(_ text: String, within patience: Duration? = nil) {
        writeAll(text, to: STDERR_FILENO, within: patience)
    }

    static func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { writeAll($0, to: STDERR_FILENO, within: nil) }
    }
}

/// What was asked for.
enum StandardOutput {
    /// - Returns: whether anybody reads it
    @discardableResult
    static func write(_ text: String) -> Bool { writeAll(text, to: STDOUT_FILENO, within: nil) }

    /// Bytes that may be no text.
    static func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO, within: nil) }
    }
}

@discardableResult
private func writeAll(_ text: String, to descriptor: Int32, within patience: Duration?) -> Bool {
    var text = text
    return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor, within: patience) }
}

/// Writes at once, so that lines of several threads do not mix; gives up when nobody reads.
@discardableResult
private func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, within patience: Duration?
) -> Bool {
    let milliseconds = patience.map { Int32(clamping: $0.components.seconds &* 1000) } ?? -1
    return platform_write_all(descriptor, bytes.baseAddress, bytes.count, milliseconds) == 0
}
