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

    /// Whether there is a secret in values that may have been cleaned before.
    func finds(_ values: [UnsafeRawBufferPointer], of labels: [LabelMapping]) -> Bool {
        let texts = values.map { value in
            MetadataText(
                start: value.baseAddress?.assumingMemoryBound(to: UInt8.self), count: value.count)
        }
        // What is marked already may be marked again, and is then the same.
        guard let clean = texts.withUnsafeBufferPointer({ clean($0, of: labels) }) else {
            return false
        }
        return !zip(clean, values).allSatisfy { $0.elementsEqual($1) }
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
