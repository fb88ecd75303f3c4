import Glibc
import PluginKit

/// What comes in of one answer.
final class Exchange {
    private var bytes: [UInt8] = []
    private var retryAfter: String?
    private var location: String?
    private(set) var isTooLong = false

    /// Beyond any dashboard there is.
    private static let limit = 32 << 20

    static func at(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    func begin() {
        bytes = []
        retryAfter = nil
        location = nil
        isTooLong = false
    }

    /// Takes a piece of the body; any other number than its size ends the transfer.
    func body(_ piece: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let piece, bytes.count + count <= Self.limit else {
            isTooLong = true
            return 0
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: piece, count: count))
        return count
    }

    /// Takes one line of the head.
    func header(_ line: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let line else { return 0 }
        let text = String(
            decoding: UnsafeRawBufferPointer(start: line, count: min(count, 4096)), as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return count }
        let name = text[..<colon].lowercased()
        guard name == "retry-after" || name == "location" else { return count }
        let value = text[text.index(after: colon)...].drop { $0.isWhitespace }
        let trimmed = String(value.prefix { !$0.isNewline })
        if name == "location" { location = trimmed } else { retryAfter = trimmed }
        return count
    }

    func answer(status: Int) -> GrafanaAnswer {
        defer { bytes = [] }
        let json = bytes.withUnsafeBytes { try? JSON(parsing: $0) }
        return GrafanaAnswer(
            status: status, json: json,
            retryAfter: retryAfter.flatMap { RetryAfter.duration($0, now: Int64(time(nil))) },
            location: location.map(GrafanaHost.shown))
    }
}
