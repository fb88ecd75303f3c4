import CAgentPlugin

/// Reads everything a plugin describes as data, within limits.
struct DeclarationReader {
    static let maximumMetrics = 2048
    static let maximumEvents = 2048
    static let maximumDashboards = 128
    static let maximumSources = 64
    static let maximumLabels = 64
    static let maximumConditions = 64
    static let maximumValues = 1024
    static let maximumBounds = 512
    static let maximumFields = 192

    /// Asks for elements from index 0 until the plugin says there are no more.
    static func all<Element>(
        _ what: String, limit: Int,
        _ describe: (UInt32) throws(PluginRefusal.Reason) -> Element?
    ) throws(PluginRefusal.Reason) -> [Element] {
        var result: [Element] = []
        while let element = try describe(UInt32(result.count)) {
            guard result.count < limit else { throw .tooMany(what: what, limit: limit) }
            result.append(element)
        }
        return result
    }

    /// True: filled in; false: past the last.
    static func isThere(
        _ status: agent_status, _ what: @autoclosure () -> String
    ) throws(PluginRefusal.Reason) -> Bool {
        switch status {
        case AGENT_OK: return true
        case AGENT_END: return false
        default: throw .describeFailed(what: what(), code: status)
        }
    }

    // MARK: Metrics

    static func metrics(
        _ table: agent_metrics_v1
    ) throws(PluginRefusal.Reason) -> [DeclaredMetric] {
        try all("metrics", limit: maximumMetrics) { index throws(PluginRefusal.Reason) in
            var definition = agent_metric_def()
            definition.size = UInt32(MemoryLayout<agent_metric_def>.size)
            let status = table.describe_metric?(index, &definition) ?? AGENT_END
            guard try isThere(status, "metric number \(index)") else { return nil }
            return try metric(definition, index)
        }
    }

    private static func metric(
        _ definition: agent_metric_def, _ index: UInt32
    ) throws(PluginRefusal.Reason) -> DeclaredMetric {
        let name = try ABIText.name(definition.name, "the name of metric number \(index)")
        let what = "metric \(name)"
        guard let kind = DeclaredMetric.Kind(rawValue: definition.kind) else {
            throw .badValue(
                what: "the kind of \(what)", found: "\(definition.kind)",
                expected: "AGENT_METRIC_COUNTER (1) to AGENT_METRIC_SUMMARY (6)")
        }
        guard definition.expire_after_ns >= 0 else {
            throw .badValue(
                what: "expire_after_ns of \(what)", found: "\(definition.expire_after_ns)",
                expected: "0 or more")
        }
        let sources = try ABIText.list(
            definition.sources, definition.sources_count, "sources of \(what)",
            limit: maximumSources)
        let labels = try ABIText.list(
            definition.labels, definition.labels_count, "labels of \(what)", limit: maximumLabels)
        return DeclaredMetric(
            name: name, kind: kind, help: try ABIText.read(definition.help, "the help of \(what)"),
            unit: try short(definition.unit, "the unit of \(what)"),
            measurementUnit: try short(
                definition.measurement_unit, "the measurement unit of \(what)"),
            sources: try map(sources) { (element) throws(PluginRefusal.Reason) in
                try source(element, what)
            },
            labels: try map(labels) { (element) throws(PluginRefusal.Reason) in
                try label(element, what)
            },
            keep: try conditions(definition.keep, definition.keep_count, what),
            drop: try conditions(definition.drop, definition.drop_count, what),
            buckets: Array(
                try ABIText.list(
                    definition.buckets, definition.buckets_count, "buckets of \(what)",
                    limit: maximumBounds)),
            quantiles: Array(
                try ABIText.list(
                    definition.quantiles, definition.quantiles_count, "quantiles of \(what)",
                    limit: maximumBounds)),
            maxSeries: definition.max_series == 0 ? nil : Int(definition.max_series),
            expireAfter: definition.expire_after_ns == 0
                ? nil : .nanoseconds(definition.expire_after_ns),
            isMeasurementOptional: definition.flags & AGENT_METRIC_OPTIONAL_MEASUREMENT != 0)
    }

    private static func source(
        _ source: agent_metric_source, _ what: String
    ) throws(PluginRefusal.Reason) -> DeclaredMetric.Source {
        let measurement = try short(source.measurement, "a measurement of \(what)")
        var constants: [String: String] = [:]
        for pair in try ABIText.list(
            source.constants, source.constants_count, "constants of \(what)", limit: maximumLabels)
        {
            constants[try ABIText.name(pair.name, "a constant's name in \(what)")] =
                try ABIText.read(pair.value, "a constant of \(what)", limit: 4096)
        }
        return DeclaredMetric.Source(
            event: try ABIText.name(source.event, "an event of \(what)"),
            measurement: measurement.isEmpty ? nil : measurement,
            factor: source.factor == 0 ? 1 : source.factor, constants: constants)
    }

    private static func label(
        _ label: agent_label_def, _ what: String
    ) throws(PluginRefusal.Reason) -> DeclaredMetric.Label {
        let name = try ABIText.name(label.name, "a label of \(what)")
        let key = try short(label.key, "the key of label \(name) of \(what)")
        let hasDefault = label.flags & AGENT_LABEL_HAS_DEFAULT != 0
        return DeclaredMetric.Label(
            name: name, key: key.isEmpty ? name : key,
            defaultValue: hasDefault
                ? try ABIText.read(
                    label.default_value, "the default of label \(name) of \(what)", limit: 4096)
                : nil)
    }

    private static func conditions(
        _ start: UnsafePointer<agent_condition>?, _ count: UInt32, _ what: String
    ) throws(PluginRefusal.Reason) -> [DeclaredMetric.Condition] {
        let list = try ABIText.list(
            start, count, "conditions of \(what)", limit: maximumConditions)
        return try map(list) { (condition) throws(PluginRefusal.Reason) in
            let key = try ABIText.name(condition.key, "the key of a condition of \(what)")
            let values = try map(
                ABIText.list(
                    condition.values, condition.values_count, "values of a condition of \(what)",
                    limit: maximumValues)
            ) { (value) throws(PluginRefusal.Reason) in
                try ABIText.read(value, "a value of a condition of \(what)", limit: 4096)
            }
            let test: DeclaredMetric.Condition.Test
            switch condition.op {
            case AGENT_CONDITION_EQUALS: test = .equals(values)
            case AGENT_CONDITION_EXISTS: test = .exists
            case AGENT_CONDITION_PREFIX: test = .prefix(values)
            case AGENT_CONDITION_ABOVE:
                guard let limit = values.first, values.count <= 2 else {
                    throw .badValue(
                        what: "the values of a condition of \(what)", found: "\(values.count)",
                        expected: "a limit, and the name of a setting or nothing")
                }
                test = .above(limit, setting: values.dropFirst().first)
            default:
                throw .badValue(
                    what: "the test of a condition of \(what)", found: "\(condition.op)",
                    expected: "AGENT_CONDITION_EQUALS (1), _EXISTS (2), _PREFIX (3) or _ABOVE (4)")
            }
            return DeclaredMetric.Condition(
                key: key, test: test, isNegated: condition.flags & AGENT_CONDITION_NEGATED != 0)
        }
    }

    // MARK: Events and dashboards

    static func events(_ table: agent_metrics_v1) throws(PluginRefusal.Reason) -> [DeclaredEvent] {
        guard let describe = table.describe_event else { return [] }
        return try all("events", limit: maximumEvents) { index throws(PluginRefusal.Reason) in
            var definition = agent_event_def()
            definition.size = UInt32(MemoryLayout<agent_event_def>.size)
            guard try isThere(describe(index, &definition), "event number \(index)") else {
                return nil
            }
            let name = try ABIText.name(definition.name, "the name of event number \(index)")
            return DeclaredEvent(
                name: name, help: try ABIText.read(definition.help, "the help of event \(name)"),
                measurements: try fields(
                    definition.measurements, definition.measurements_count,
                    "measurements of event \(name)"),
                metadata: try fields(
                    definition.metadata, definition.metadata_count, "metadata of event \(name)"))
        }
    }

    private static func fields(
        _ start: UnsafePointer<agent_field_def>?, _ count: UInt32, _ what: String
    ) throws(PluginRefusal.Reason) -> [DeclaredEvent.Field] {
        let list = try ABIText.list(start, count, what, limit: maximumFields)
        return try map(list) { (field) throws(PluginRefusal.Reason) in
            DeclaredEvent.Field(
                name: try ABIText.name(field.name, "a name among the \(what)"),
                unit: try short(field.unit, "a unit among the \(what)"),
                help: try ABIText.read(field.help, "a help among the \(what)"))
        }
    }

    static func dashboards(
        _ table: agent_dashboards_v1
    ) throws(PluginRefusal.Reason) -> [DeclaredDashboard] {
        try all("dashboards", limit: maximumDashboards) { index throws(PluginRefusal.Reason) in
            var definition = agent_dashboard_def()
            definition.size = UInt32(MemoryLayout<agent_dashboard_def>.size)
            let status = table.describe_dashboard?(index, &definition) ?? AGENT_END
            let what = "dashboard number \(index)"
            guard try isThere(status, what) else { return nil }
            return DeclaredDashboard(
                uid: try ABIText.name(definition.uid, "the uid of \(what)", limit: 40),
                title: try ABIText.name(definition.title, "the title of \(what)", limit: 1024),
                json: try ABIText.name(definition.json, "the JSON of \(what)", limit: 16 << 20))
        }
    }

    // MARK: Pieces

    private static func short(
        _ text: agent_str, _ what: @autoclosure () -> String
    ) throws(PluginRefusal.Reason) -> String {
        try ABIText.read(text, what(), limit: ABIText.maximumName)
    }

    private static func map<Element, Result>(
        _ list: UnsafeBufferPointer<Element>,
        _ body: (Element) throws(PluginRefusal.Reason) -> Result
    ) throws(PluginRefusal.Reason) -> [Result] {
        var result: [Result] = []
        result.reserveCapacity(list.count)
        for element in list { result.append(try body(element)) }
        return result
    }
}
