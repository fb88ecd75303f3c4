/// The query of a Grafana variable that takes its values from a label.
struct VariableQuery: Hashable {
    /// `up{job=~"$job"}`; nil where the label of all series is asked for.
    let selector: String?
    let label: String

    /// Reads `label_values(selector, label)` and `label_values(label)`; nil for anything else.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let function = Array("label_values(".utf8)
        guard bytes.starts(with: function), bytes.last == UInt8(ascii: ")") else { return nil }
        let inner = function.count..<bytes.count - 1
        guard let comma = bytes[inner].lastIndex(of: UInt8(ascii: ",")) else {
            selector = nil
            label = Self.trimmed(bytes[inner])
            return
        }
        selector = String(decoding: bytes[inner.lowerBound..<comma], as: UTF8.self)
        label = Self.trimmed(bytes[bytes.index(after: comma)..<inner.upperBound])
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The query with another selector.
    func text(selector: String) -> String { "label_values(\(selector), \(label))" }
}
