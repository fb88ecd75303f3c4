import CAgentPlugin
import PluginKit

/// How the parts of a line are written. Nothing of a label, a name or a value can end a line or begin another field:
/// what has a meaning in the protocol is written as "_".
///
/// Source: the StatsD and DogStatsD protocols: `name:value|type|@rate|#tag:value,…|c:container|Ttime`.
struct StatsDFormat: Sendable {
    let labels: LabelStyle
    private let hasTags: Bool
    private let prefix: [UInt8]
    /// `|#env:prod,region:eu`, or nothing.
    private let tags: [UInt8]
    /// `|c:…`, or nothing.
    private let container: [UInt8]
    private let plain = ByteSet { !Self.isReserved($0) }
    private let segment = ByteSet { Self.isNameByte($0) && $0 != UInt8(ascii: ".") }

    init(_ settings: StatsDSettings) {
        let prefix = settings.prefix
        labels = settings.labelStyle
        hasTags = settings.dialect.hasTags
        self.prefix = Array((prefix.isEmpty || prefix.hasSuffix(".") ? prefix : prefix + ".").utf8)
        tags = Array(
            (settings.tags.isEmpty ? "" : "|#" + settings.tags.joined(separator: ",")).utf8)
        container = Array((settings.containerID.map { "|c:" + $0 } ?? "").utf8)
    }

    /// What a prefix consists of.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isReserved(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7f || ":|#,@".utf8.contains(byte)
    }

    // MARK: Names

    /// Prefix and metric name; a registry's name may hold a colon.
    func writeName(_ name: TextView, to out: inout OutputBuffer) {
        prefix.withUnsafeBytes { out.append($0) }
        for byte in name.bytes { out.append(Self.isNameByte(byte) ? byte : UInt8(ascii: "_")) }
    }

    /// Labels as segments of the name, where they are that: `.chi1.ok`.
    func writeSegments(_ text: TextView, to out: inout OutputBuffer) {
        guard labels == .values || labels == .pairs else { return }
        var rendered = RenderedLabels(text)
        while let name = rendered.nextName() {
            if labels == .pairs {
                out.append(UInt8(ascii: "."))
                writeSegment(name, to: &out)
            }
            out.append(UInt8(ascii: "."))
            let start = out.count
            while let piece = rendered.nextPiece() { writeSegment(piece, to: &out) }
            if out.count == start { out.append(UInt8(ascii: "_")) }
        }
    }

    /// A bound or quantile as a segment where there are no tags.
    func writeSegment(of extra: ExtraLabel, to out: inout OutputBuffer) {
        guard !hasTags else { return }
        out.append(UInt8(ascii: "."))
        writeSegment(extra.value, to: &out)
    }

    /// What a segment cannot hold becomes "_", one for each character.
    private func writeSegment(_ text: UnsafeRawBufferPointer, to out: inout OutputBuffer) {
        for byte in text where byte & 0b1100_0000 != 0b1000_0000 {
            out.append(segment.contains(byte) ? byte : UInt8(ascii: "_"))
        }
    }

    // MARK: Behind the value

    func writeRate(_ rate: Double, to out: inout OutputBuffer) {
        guard rate < 1 else { return }
        out.append("|@")
        out.append(rate)
    }

    /// Tags, container and time, as far as the protocol has them.
    func writeEnd(
        _ text: TextView, _ extra: ExtraLabel?, seconds: Int64?, to out: inout OutputBuffer
    ) {
        if hasTags { writeTags(text, extra, to: &out) }
        container.withUnsafeBytes { out.append($0) }
        if let seconds {
            out.append("|T")
            out.append(seconds)
        }
    }

    private func writeTags(_ text: TextView, _ extra: ExtraLabel?, to out: inout OutputBuffer) {
        tags.withUnsafeBytes { out.append($0) }
        var isFirst = tags.isEmpty
        func begin(_ out: inout OutputBuffer) {
            if isFirst { out.append("|#") } else { out.append(UInt8(ascii: ",")) }
            isFirst = false
        }
        if labels == .tags {
            var rendered = RenderedLabels(text)
            while let name = rendered.nextName() {
                // An empty label is one that is not there.
                guard var piece = rendered.nextPiece() else { continue }
                begin(&out)
                writeTagText(name, to: &out)
                out.append(UInt8(ascii: ":"))
                while true {
                    writeTagText(piece, to: &out)
                    guard let next = rendered.nextPiece() else { break }
                    piece = next
                }
            }
        }
        if let extra {
            begin(&out)
            out.append(extra.name)
            out.append(UInt8(ascii: ":"))
            writeTagText(extra.value, to: &out)
        }
    }

    /// Text between delimiters: copied in runs, with what is reserved as "_".
    private func writeTagText(_ text: UnsafeRawBufferPointer, to out: inout OutputBuffer) {
        var start = 0
        var index = 0
        while index < text.count {
            guard !plain.contains(text[index]) else {
                index += 1
                continue
            }
            let length = Self.breakLength(text, at: index)
            guard length > 0 else {
                index += 1
                continue
            }
            out.append(UnsafeRawBufferPointer(rebasing: text[start..<index]))
            out.append(UInt8(ascii: "_"))
            index += length
            start = index
        }
        out.append(UnsafeRawBufferPointer(rebasing: text[start...]))
    }

    /// How many bytes from here must not be written: what ASCII reserves, and the control characters and line breaks
    /// beyond it, at which some receivers split as well (U+0080 to U+009F, U+2028, U+2029). 0: fine as it is.
    private static func breakLength(_ text: UnsafeRawBufferPointer, at index: Int) -> Int {
        let byte = text[index]
        guard byte >= 0x80 else { return 1 }
        if byte == 0xc2, index + 1 < text.count, (0x80...0x9f).contains(text[index + 1]) {
            return 2
        }
        if byte == 0xe2, index + 2 < text.count, text[index + 1] == 0x80,
            text[index + 2] == 0xa8 || text[index + 2] == 0xa9
        {
            return 3
        }
        return 0
    }
}

/// A label that is no label of the series: a bucket's bound, a quantile.
struct ExtraLabel {
    let name: StaticString
    let value: UnsafeRawBufferPointer
}

/// A set of ASCII bytes; what is beyond is in none.
struct ByteSet: Sendable {
    private let low: UInt64
    private let high: UInt64

    init(_ contains: (UInt8) -> Bool) {
        var bits: (UInt64, UInt64) = (0, 0)
        for byte in 0..<64 {
            if contains(UInt8(byte)) { bits.0 |= 1 << UInt64(byte) }
            if contains(UInt8(byte + 64)) { bits.1 |= 1 << UInt64(byte) }
        }
        (low, high) = bits
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let bits = byte < 64 ? low : high
        return bits &>> UInt64(byte & 63) & 1 == 1
    }
}
