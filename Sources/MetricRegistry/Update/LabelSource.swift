import Telemetry

/// Where a label's value comes from in events of one shape.
struct LabelSource {
    /// Index among the event's metadata; −1: `fallback` always.
    let index: Int32
    /// The default or the constant; absent where there is none.
    let fallback: MetadataText
}

/// A condition on metadata, with its key resolved for one shape.
struct PlannedCondition {
    enum Test { case equals, hasPrefix, exists }

    /// Index among the event's metadata; −1: absent in this shape.
    let index: Int
    let test: Test
    let isNegated: Bool
    let values: UnsafeBufferPointer<MetadataText>

    func holds(_ metadata: UnsafePointer<MetadataText>) -> Bool {
        let text = index < 0 ? MetadataText.absent : metadata[index]
        return matches(text) != isNegated
    }

    private func matches(_ text: MetadataText) -> Bool {
        guard !text.isAbsent else { return false }
        switch test {
        case .exists: return true
        case .equals:
            return values.contains {
                Self.equal($0, text, Int(text.count)) && $0.count == text.count
            }
        case .hasPrefix:
            return values.contains { $0.count <= text.count && Self.equal($0, text, Int($0.count)) }
        }
    }

    private static func equal(_ a: MetadataText, _ b: MetadataText, _ count: Int) -> Bool {
        guard count > 0, let x = a.start, let y = b.start else { return count == 0 }
        return Int(a.count) >= count && ByteEquality.equal(x, y, count)
    }
}

/// A condition on a measurement, with its key resolved for one shape.
struct PlannedLimit {
    /// Index among the event's measurements; −1: absent in this shape.
    let index: Int
    let isNegated: Bool
    private let real: Double
    /// The least integer that is greater; nil where none is.
    private let least: Int64?

    init(index: Int, above limit: Double, isNegated: Bool) {
        self.index = index
        self.isNegated = isNegated
        real = limit
        let next = limit.rounded(.down) + 1
        least = next < -0x1p63 ? .min : Int64(exactly: next)
    }

    func holds(_ measurements: UnsafePointer<MeasurementCell>) -> Bool {
        (index >= 0 && isExceeded(by: measurements[index])) != isNegated
    }

    private func isExceeded(by value: MeasurementCell) -> Bool {
        guard value.kind != .absent else { return false }
        guard value.isInteger else { return value.real > real }
        return least.map { value.integer >= $0 } ?? false
    }
}
