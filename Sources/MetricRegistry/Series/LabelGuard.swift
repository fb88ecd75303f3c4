import Telemetry

/// Keeps secrets out of label values.
///
/// Asked once for a label set that is new, so the way of an event pays nothing for it. Label sets that differ only in
/// secrets become one series; an event that carries a secret pays for the look each time.
final class LabelGuard: Sendable {
    private let redactor = Guarded<(any MetadataRedactor)?>(nil)

    func use(_ redactor: (any MetadataRedactor)?) { self.redactor.withLock { $0 = redactor } }

    /// The values without secrets; nil where they have none.
    func clean(
        _ values: UnsafeBufferPointer<MetadataText>, of labels: [LabelMapping]
    ) -> [[UInt8]]? {
        guard let redactor = redactor.withLock({ $0 }) else { return nil }
        var result: [[UInt8]]?
        for (index, label) in labels.enumerated() where index < values.count {
            guard let clean = Self.clean(values[index].bytes, label, redactor) else { continue }
            if result == nil { result = values.map { Array($0.bytes) } }
            result?[index] = clean
        }
        return result
    }

    private static func clean(
        _ value: UnsafeBufferPointer<UInt8>, _ label: LabelMapping, _ redactor: any MetadataRedactor
    ) -> [UInt8]? {
        guard redactor.hides(key: label.key) || redactor.hides(key: label.name.description) else {
            return redactor.redacted(value)
        }
        return value.isEmpty || value.elementsEqual(RedactionMark.text.utf8)
            ? nil : Array(RedactionMark.text.utf8)
    }
}
