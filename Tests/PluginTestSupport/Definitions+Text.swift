import CAgentPlugin

extension agent_event_def {
    var measuredFields: [agent_field_def] {
        Array(UnsafeBufferPointer(start: measurements, count: Int(measurements_count)))
    }

    var metadataFields: [agent_field_def] {
        Array(UnsafeBufferPointer(start: metadata, count: Int(metadata_count)))
    }
}

extension agent_metric_source {
    var constantPairs: [agent_pair] {
        Array(UnsafeBufferPointer(start: constants, count: Int(constants_count)))
    }
}

extension agent_condition {
    /// "result|result.0 = error", "not x = y", "total_time > 1s".
    fileprivate var text: String {
        let values = UnsafeBufferPointer(start: self.values, count: Int(values_count))
            .map(\.string).joined(separator: "|")
        let sign = [
            AGENT_CONDITION_EQUALS: "=", AGENT_CONDITION_PREFIX: "^=",
            AGENT_CONDITION_ABOVE: ">", AGENT_CONDITION_EXISTS: "exists",
        ]
        let key = key.string.replacing("\n", with: "|")
        let negation = flags & AGENT_CONDITION_NEGATED != 0 ? "not " : ""
        return "\(negation)\(key) \(sign[op] ?? "?") \(values)"
    }
}

extension agent_metric_def {
    var labelList: [agent_label_def] {
        Array(UnsafeBufferPointer(start: labels, count: Int(labels_count)))
    }

    var sourceList: [agent_metric_source] {
        Array(UnsafeBufferPointer(start: sources, count: Int(sources_count)))
    }

    var bounds: [Double] { Array(UnsafeBufferPointer(start: buckets, count: Int(buckets_count))) }

    private var conditions: String {
        let keep = UnsafeBufferPointer(start: self.keep, count: Int(keep_count))
        let drop = UnsafeBufferPointer(start: self.drop, count: Int(drop_count))
        return (keep.map { " if \($0.text)" } + drop.map { " unless \($0.text)" }).joined()
    }

    /// Everything but help text and bucket bounds.
    var line: String {
        let sources = sourceList.map { source in
            let measurement = source.measurement.size > 0 ? ":\(source.measurement.string)" : ""
            let factor = source.factor == 1 ? "" : "×\(source.factor)"
            let constants = source.constantPairs
                .map { "[\($0.name.string)=\($0.value.string)]" }.joined()
            return source.event.string + measurement + factor + constants
        }
        let labels = labelList.map(\.name.string).joined(separator: ",")
        let limit = max_series > 0 ? " max \(max_series)" : ""
        let expiry = expire_after_ns > 0 ? " for \(expire_after_ns / 1_000_000_000) s" : ""
        return "\(kind) \(name.string) \(labels) from \(sources.joined(separator: " "))"
            + conditions + limit + expiry
    }

    /// Each key that is read of each event; of alternatives one must be there.
    var keysRead: [(event: String, key: String)] {
        sourceList.flatMap { source in
            let fixed = source.constantPairs.map(\.name.string)
            let labels = labelList.filter { !fixed.contains($0.name.string) }.map(\.key.string)
            let read = labels.map { String($0.split(separator: "\n").first ?? "") }
            let measured = source.measurement.string
            return (read + (measured.isEmpty ? [] : [measured])).map { (source.event.string, $0) }
        }
    }
}
