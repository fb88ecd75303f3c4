import Telemetry

/// All that events of one shape do to the registry: constant memory, made once per shape.
///
/// Owns what its steps point to; the steps themselves are plain values for the fast path.
final class UpdatePlan {
    let steps: UnsafeBufferPointer<PlannedStep>
    private let groups: [SeriesGroup]
    private let memory: PlanMemory

    /// Nil where the shape feeds no metric.
    init?(shape: EventShape.Pointer, groups: [LiveGroup], taps: TapList?) {
        let memory = PlanMemory(taps: taps)
        var steps: [PlannedStep] = []
        for group in groups where group.group.key.events.contains(shape.pointee.name) {
            steps += Self.steps(of: group, shape, memory)
        }
        guard !steps.isEmpty else { return nil }
        self.groups = groups.map(\.group)
        self.memory = memory
        self.steps = memory.copy(steps)
    }

    /// One step for each set of constants under which the event feeds metrics of the group.
    private static func steps(
        of live: LiveGroup, _ shape: EventShape.Pointer, _ memory: PlanMemory
    ) -> [PlannedStep] {
        var constantSets: [[String: String]] = []
        let group = live.group
        for metric in live.metrics {
            for source in metric.definition.sources
            where source.event == shape.pointee.name && !constantSets.contains(source.constants) {
                constantSets.append(source.constants)
            }
        }
        let key = group.key
        let tests = key.keep.map { ($0, isDrop: false) } + key.drop.map { ($0, isDrop: true) }
        let conditions = memory.copy(
            tests.compactMap { condition($0, isDrop: $1, shape, memory) })
        let limits = memory.copy(tests.compactMap { limit($0, isDrop: $1, shape) })
        return constantSets.map { constants in
            let updates = live.metrics.flatMap { metric in
                metric.definition.sources
                    .filter { $0.event == shape.pointee.name && $0.constants == constants }
                    .map { update(metric, $0, shape, memory) }
            }
            let labels = group.key.labels.map { label in
                labelSource(label, constants, shape, memory)
            }
            return PlannedStep(
                group: .passUnretained(group), conditions: conditions, limits: limits,
                labels: memory.copy(labels).baseAddress.unsafelyUnwrapped,
                labelCount: labels.count, updates: memory.copy(updates),
                shards: .passUnretained(group.shards),
                expires: group.expires, hashKey: ByteHash.seed)
        }
    }

    private static func labelSource(
        _ label: LabelMapping, _ constants: [String: String], _ shape: EventShape.Pointer,
        _ memory: PlanMemory
    ) -> LabelSource {
        if let constant = constants[label.name.description] {
            return LabelSource(index: -1, fallback: memory.text(constant))
        }
        let index = metadataIndex(label.key, shape).map(Int32.init) ?? -1
        return LabelSource(index: index, fallback: label.defaultValue.map(memory.text) ?? .absent)
    }

    /// The index of the first of a key's alternatives that the shape has.
    private static func metadataIndex(_ key: String, _ shape: EventShape.Pointer) -> Int? {
        key.split(separator: "\n").lazy.compactMap { alternative in
            shape.pointee.metadataIndex(String(alternative))
        }.first
    }

    private static func update(
        _ metric: Metric, _ source: MetricSource, _ shape: EventShape.Pointer, _ memory: PlanMemory
    ) -> PlannedUpdate {
        let definition = metric.definition
        let measurement: Int16 =
            source.measurement.map { key in
                shape.pointee.measurementIndex(key).map(Int16.init) ?? -2
            } ?? -1
        // A counter counts events whatever it measures; its factor is how many one event stands for.
        // The products fit: the definition was checked for it, and a weight is at most 10⁶.
        let unweighted =
            definition.kind == .counter
            ? source.factor : source.factor &* metric.conversion.multiplier
        let factor =
            definition.kind.addsUp
            ? unweighted &* Int64(min(shape.pointee.weight, 1_000_000)) : unweighted
        let details = PlannedUpdate.Details(
            kind: definition.kind, factor: factor, sourceFactor: Double(source.factor),
            isOptional: definition.isMeasurementOptional,
            metric: .passUnretained(metric), taps: memory.taps.map { .passUnretained($0) })
        let isPlain = factor == 1 && memory.taps == nil
        return PlannedUpdate(
            operation: isPlain ? plainOperation(definition.kind, measurement) : .general,
            measurement: definition.kind == .counter ? -1 : measurement, cell: Int32(metric.cell),
            bit: metric.bit, boundCount: Int32(metric.bounds.count),
            integerBounds: UnsafePointer(metric.bounds.integers),
            details: memory.copy([details]).baseAddress.unsafelyUnwrapped)
    }

    /// The shortcut for an update without factor.
    private static func plainOperation(
        _ kind: MetricKind, _ measurement: Int16
    ) -> PlannedUpdate.Operation {
        if kind == .counter { return .countOne }
        guard measurement >= 0 else { return .general }
        return switch kind {
        case .counter, .summary: .general
        case .sum: .addPositive
        case .upDownCounter: .add
        case .lastValue: .set
        case .distribution: .observe
        }
    }

    private static func condition(
        _ condition: MetadataCondition, isDrop: Bool, _ shape: EventShape.Pointer,
        _ memory: PlanMemory
    ) -> PlannedCondition? {
        let test: PlannedCondition.Test
        let values: [String]
        switch condition.test {
        case .exists: (test, values) = (.exists, [])
        case .equals(let accepted): (test, values) = (.equals, accepted)
        case .hasPrefix(let prefixes): (test, values) = (.hasPrefix, prefixes)
        case .above: return nil
        }
        return PlannedCondition(
            index: metadataIndex(condition.key, shape) ?? -1, test: test,
            isNegated: condition.isNegated != isDrop, values: memory.copy(values.map(memory.text)))
    }

    private static func limit(
        _ condition: MetadataCondition, isDrop: Bool, _ shape: EventShape.Pointer
    ) -> PlannedLimit? {
        guard case .above(let limit) = condition.test else { return nil }
        return PlannedLimit(
            index: shape.pointee.measurementIndex(condition.key) ?? -1, above: limit,
            isNegated: condition.isNegated != isDrop)
    }
}

/// Memory that lives and dies with a plan.
private final class PlanMemory {
    private var blocks: [UnsafeMutableRawPointer] = []
    /// Kept alive for the plan's updates.
    let taps: TapList?

    init(taps: TapList?) { self.taps = taps }

    deinit { for block in blocks { block.deallocate() } }

    /// A copy of plain values.
    func copy<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, elements.count))
        _ = buffer.initialize(from: elements)
        if let base = buffer.baseAddress { blocks.append(UnsafeMutableRawPointer(base)) }
        return UnsafeBufferPointer(start: buffer.baseAddress, count: elements.count)
    }

    func text(_ string: String) -> MetadataText {
        let bytes = copy(Array(string.utf8))
        return MetadataText(start: bytes.baseAddress, count: bytes.count)
    }
}
