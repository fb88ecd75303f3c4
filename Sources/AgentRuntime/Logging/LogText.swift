import AgentConfiguration
import Redaction
import Telemetry

/// Writes texts as lines may have them: without secrets, cut, and escaped as the line's form needs it.
///
/// A class, so that to hand it on costs no more than to count a reference.
final class LogText: Sendable {
    let form: LogForm
    let redactor: Redactor
    /// Longer ones are cut.
    private let maximumBytes: Int

    init(_ settings: LogControl.Settings) {
        form = LogForm(settings.configuration)
        redactor = settings.redactor
        maximumBytes = settings.configuration.maxBytes
    }

    /// A text in a place of its own: `"text"`, or for people as it is where it is plain.
    func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        withClean(text) { text in
            if form == .human {
                bytes.append(value: text)
            } else {
                bytes.appendJSON(quoted: text)
            }
        }
    }

    func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { append($0, to: &bytes) }
    }

    /// What stands for a text that is hidden.
    func appendMark(to bytes: inout [UInt8]) {
        if form != .human { bytes.append(UInt8(ascii: "\"")) }
        bytes.appendJSON(RedactionMark.constant)
        if form != .human { bytes.append(UInt8(ascii: "\"")) }
    }

    /// Lends it as good UTF-8.
    func withClean(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        if let clean = redactor.redacted(text) {
            clean.withUnsafeBufferPointer { withCut($0, body) }
        } else {
            withCut(text, body)
        }
    }

    private func withCut(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let isLong = text.count > maximumBytes
        guard isLong || text.contains(where: { $0 >= 0x80 }) else { return body(text) }
        var good = String(decoding: text.prefix(maximumBytes), as: UTF8.self)
        if isLong { good += Redactor.cutMark }
        good.withUTF8(body)
    }
}
