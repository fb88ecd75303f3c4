extension MetricDefinition {
    /// Everything that is wrong with this definition by itself.
    package func problems(owner: String) -> [DefinitionError] {
        var reasons: [DefinitionError.Reason] = []
        if sources.isEmpty, !isInstrument { reasons.append(.noSources) }
        checkName(&reasons)
        checkLabels(&reasons)
        checkKind(&reasons)
        if let conversion = UnitConversion(from: measurementUnit, to: unit) {
            let largest = Self.largestFactor / UInt64(conversion.multiplier)
            let isTooLarge = sources.contains { $0.factor.magnitude > largest }
            if isTooLarge { reasons.append(.factorTooLarge) }
        } else {
            reasons.append(.conversion(from: measurementUnit, to: unit))
        }
        if let maximumSeries, maximumSeries < 1 { reasons.append(.maximumSeries) }
        if let expireAfter, expireAfter <= .zero { reasons.append(.expireAfter) }
        return reasons.map { DefinitionError(metric: name, owner: owner, reason: $0) }
    }

    /// What a factor and its unit's multiplier may come to: there is room for a sampled event to stand for 10⁶.
    private static let largestFactor: UInt64 = 1 << 43

    private var isMonotonic: Bool { kind == .counter || kind == .sum }

    private func checkName(_ reasons: inout [DefinitionError.Reason]) {
        let name = name.description
        if isMonotonic {
            if !name.hasSuffix("_total") { reasons.append(.counterSuffix) }
        } else {
            for suffix in ["_total", "_bucket", "_count", "_sum", "_created"]
            where name.hasSuffix(suffix) {
                reasons.append(.reservedSuffix(suffix))
            }
        }
        let stem = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
        if !unit.isEmpty, !stem.hasSuffix("_\(unit)"), stem != unit {
            reasons.append(.unitSuffix(unit))
        }
    }

    private func checkLabels(_ reasons: inout [DefinitionError.Reason]) {
        if labels.count > 32 { reasons.append(.tooManyLabels(labels.count)) }
        var seen: Set<LabelName> = []
        for label in labels where !seen.insert(label.name).inserted {
            reasons.append(.duplicateLabel(label.name.description))
        }
        for source in sources {
            for label in source.constants.keys.sorted()
            where !labels.contains(where: { $0.name.description == label }) {
                reasons.append(.unknownConstant(label))
            }
        }
    }

    private func checkKind(_ reasons: inout [DefinitionError.Reason]) {
        if kind == .distribution {
            if !Self.isIncreasing(buckets, in: -.infinity ... .infinity, atMost: 512)
                || !buckets.allSatisfy(\.isFinite)
            {
                reasons.append(.buckets)
            }
        } else if !buckets.isEmpty {
            reasons.append(.misplaced("buckets"))
        }
        if kind == .summary {
            if !Self.isIncreasing(quantiles, in: 0...1, atMost: 64) { reasons.append(.quantiles) }
        } else if !quantiles.isEmpty {
            reasons.append(.misplaced("quantiles"))
        }
        switch kind {
        case .counter, .upDownCounter, .lastValue: break
        case .sum, .distribution, .summary:
            if sources.contains(where: { $0.measurement == nil }) {
                reasons.append(.measurementMissing)
            }
        }
        if isMonotonic, sources.contains(where: { $0.factor < 1 }) { reasons.append(.factor) }
    }

    private static func isIncreasing(
        _ values: [Double], in range: ClosedRange<Double>, atMost limit: Int
    ) -> Bool {
        !values.isEmpty && values.count <= limit && values.allSatisfy(range.contains)
            && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// The sample names this family is exposed under, in any format.
    package var exposedNames: [String] {
        let name = name.description
        switch kind {
        case .counter, .sum:
            let stem = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
            return [name, stem, "\(stem)_created"]
        case .lastValue, .upDownCounter: return [name]
        case .distribution:
            return [name] + ["bucket", "sum", "count", "created"].map { "\(name)_\($0)" }
        case .summary: return [name] + ["sum", "count", "created"].map { "\(name)_\($0)" }
        }
    }
}

extension DefinitionErrors {
    /// Everything that is wrong with `definitions` together with what others have declared.
    package static func check(
        _ definitions: [MetricDefinition], owner: String,
        besides others: [(definition: MetricDefinition, owner: String)]
    ) -> [DefinitionError] {
        var errors = definitions.flatMap { $0.problems(owner: owner) }
        var taken: [String: (definition: MetricDefinition, owner: String)] = [:]
        for other in others {
            for name in other.definition.exposedNames { taken[name] = other }
        }
        for definition in definitions {
            let clash = definition.exposedNames.lazy.compactMap { name in taken[name] }.first
            if let clash {
                let over = difference(definition, clash.definition)
                errors.append(
                    DefinitionError(
                        metric: definition.name, owner: owner,
                        reason: .clash(with: clash.definition.name, owner: clash.owner, over: over))
                )
            } else {
                for name in definition.exposedNames { taken[name] = (definition, owner) }
            }
        }
        return errors
    }

    private static func difference(_ a: MetricDefinition, _ b: MetricDefinition) -> String {
        guard a.name == b.name else { return "the names their samples are exposed under" }
        var parts: [String] = []
        if a.kind != b.kind { parts.append("kind (\(a.kind.rawValue), \(b.kind.rawValue))") }
        if a.unit != b.unit { parts.append("unit (\"\(a.unit)\", \"\(b.unit)\")") }
        let labels = [a, b].map { $0.labels.map(\.name.description).joined(separator: ",") }
        if labels[0] != labels[1] { parts.append("labels (\(labels[0]); \(labels[1]))") }
        return parts.isEmpty
            ? "their name" : "their name, with different " + parts.joined(separator: ", ")
    }
}
