import Telemetry

/// Renders label values the way Prometheus text escapes them, once per series.
///
/// Source: Prometheus text format 0.0.4 and OpenMetrics 1.0.0 (backslash, double quote and line feed).
enum LabelText {
    /// `site="chi1",status="ok"`; and whether any value needed escaping or repair.
    static func render(
        names: [LabelName], values: UnsafeBufferPointer<MetadataText>
    ) -> (text: [UInt8], isEscaped: Bool) {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        var isEscaped = false
        for (index, name) in names.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: name.description.utf8)
            text.append(UInt8(ascii: "="))
            text.append(UInt8(ascii: "\""))
            if append(values[index].bytes, to: &text) { isEscaped = true }
            text.append(UInt8(ascii: "\""))
        }
        return (text, isEscaped)
    }

    /// What stands before each value: `site="`, then `",status="`, and so on.
    static func gaps(names: [LabelName]) -> [Int32] {
        names.enumerated().map { index, name in
            Int32(name.description.utf8.count + (index == 0 ? 2 : 4))
        }
    }

    private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) -> Bool
    {
        let needsWork = bytes.contains {
            $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
                || $0 >= 0x80
        }
        guard needsWork else {
            text.append(contentsOf: bytes)
            return false
        }
        var isChanged = false
        // Decoding repairs ill-formed UTF-8, which would spoil the whole exposition.
        let repaired = String(decoding: bytes, as: UTF8.self).utf8
        if !repaired.elementsEqual(bytes) { isChanged = true }
        for byte in repaired {
            switch byte {
            case UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case UInt8(ascii: "\""): text += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            case UInt8(ascii: "\n"): text += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            default:
                text.append(byte)
                continue
            }
            isChanged = true
        }
        return isChanged
    }
}
