import Telemetry

/// Label values that come one by one, laid out as an event's are.
enum LabelValues {
    /// Calls `body` with the values as texts and their hash; neither outlives the call.
    static func withTexts<Result>(
        of values: [[UInt8]],
        _ body: (_ texts: UnsafeBufferPointer<MetadataText>, _ hash: UInt32) -> Result
    ) -> Result {
        let joined = Array(values.joined())
        return joined.withUnsafeBufferPointer { joined in
            var texts: [MetadataText] = []
            var offset = 0
            var hash = ByteHash.seed
            for value in values {
                let start = joined.baseAddress.map { $0 + offset } ?? UnsafePointer(bitPattern: 8)!
                texts.append(MetadataText(start: start, count: value.count))
                hash = ByteHash.combine(hash, start, value.count, key: ByteHash.seed)
                offset += value.count
            }
            // One more, so that there is an address where a metric has no labels.
            texts.append(.absent)
            return texts.withUnsafeBufferPointer { texts in
                body(
                    UnsafeBufferPointer(start: texts.baseAddress, count: values.count),
                    UInt32(truncatingIfNeeded: hash ^ (hash &>> 32)))
            }
        }
    }
}
