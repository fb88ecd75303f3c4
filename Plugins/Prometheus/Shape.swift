import CAgentPlugin
import PluginKit

/// Texts written once and copied often, one behind the other.
struct Pieces: ~Copyable {
    private var texts = OutputBuffer(capacity: 1_024)
    private var ends: [Int] = []

    mutating func removeAll() {
        texts.removeAll()
        ends.removeAll(keepingCapacity: true)
    }

    /// Adds what `write` writes and gives its number.
    mutating func add(_ write: (inout OutputBuffer) -> Void) -> Int {
        write(&texts)
        ends.append(texts.count)
        return ends.count - 1
    }

    /// Valid until the next change.
    subscript(index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : ends[index - 1]
        return UnsafeRawBufferPointer(rebasing: texts.bytes[start..<ends[index]])
    }
}

/// What all lines of one family share, as pieces: the names of its samples and its bounds as label text.
struct Shape {
    let value: Int
    let sum: Int
    let count: Int
    let created: Int
    /// The first of the bounds or quantiles.
    let bounds: Int
    let isCumulative: Bool

    init<Format: ExpositionFormat>(
        _ family: Family, _ kind: Family.Kind, _ format: Format.Type, _ pieces: inout Pieces
    ) {
        let name = Format.name(of: family)
        func add(_ suffix: StaticString) -> Int {
            pieces.add {
                $0.append(name)
                $0.append(suffix)
            }
        }
        pieces.removeAll()
        isCumulative = kind != .lastValue && kind != .upDownCounter
        value =
            switch kind {
            case .counter, .sum: add(Format.counterSuffix)
            case .distribution: add("_bucket")
            case .lastValue, .upDownCounter, .summary: add("")
            }
        sum = add("_sum")
        count = add("_count")
        created = add("_created")
        bounds = created + 1
        for bound in family.bounds {
            Self.add("le", to: &pieces) { Format.writeBound(bound, to: &$0) }
        }
        if kind == .distribution { Self.add("le", to: &pieces) { $0.append("+Inf") } }
        for quantile in family.quantiles {
            Self.add("quantile", to: &pieces) { Format.writeBound(quantile, to: &$0) }
        }
    }

    private static func add(
        _ label: StaticString, to pieces: inout Pieces, _ value: (inout OutputBuffer) -> Void
    ) {
        _ = pieces.add {
            $0.append(label)
            $0.append("=\"")
            value(&$0)
            $0.append("\"}")
        }
    }
}
