/// Why a definition was refused.
package struct DefinitionError: Error, Hashable, CustomStringConvertible {
    package let metric: MetricName
    package let owner: String
    package let reason: Reason

    package enum Reason: Hashable, Sendable {
        case noSources
        case counterSuffix
        case reservedSuffix(String)
        case unitSuffix(String)
        case conversion(from: String, to: String)
        case duplicateLabel(String)
        case unknownConstant(String)
        case buckets
        case quantiles
        case misplaced(String)
        case measurementMissing
        case factor
        case factorTooLarge
        case maximumSeries
        case expireAfter
        case tooManyLabels(Int)
        case clash(with: MetricName, owner: String, over: String)
    }

    package var description: String { "metric \"\(metric)\" of \(owner) \(text)" }

    private var text: String {
        switch reason {
        case .noSources: "names no event; give at least one"
        case .counterSuffix: "only ever grows, so its name must end in \"_total\""
        case .reservedSuffix(let suffix):
            "ends in \"\(suffix)\", which exposition formats use for parts of other metrics; choose another name"
        case .unitSuffix(let unit):
            "has the unit \"\(unit)\", so its name must end in \"_\(unit)\" (before \"_total\", if it has that)"
        case .conversion(let source, let target):
            "measures in \"\(source)\" but is exposed in \"\(target)\": there is no exact conversion; known units are \(UnitConversion.names.joined(separator: ", "))"
        case .duplicateLabel(let label): "has the label \"\(label)\" twice"
        case .unknownConstant(let label):
            "fixes the label \"\(label)\" for one event but does not have it"
        case .buckets:
            "needs buckets: finite upper bounds, each greater than the one before, at most 512"
        case .quantiles:
            "needs quantiles between 0 and 1, each greater than the one before, at most 64"
        case .misplaced(let field): "has \(field), which its kind does not use"
        case .measurementMissing:
            "needs a measurement for each event: its kind counts nothing by itself"
        case .factor: "has a factor that its kind cannot have: it only ever grows"
        case .factorTooLarge: "has a factor that is too large for its conversion of units"
        case .maximumSeries: "has a max_series that is not positive"
        case .expireAfter: "has an expire_after that is not positive"
        case .tooManyLabels(let count): "has \(count) labels; at most 32 are kept"
        case .clash(let other, let otherOwner, let over):
            "clashes with \"\(other)\" of \(otherOwner) over \(over); rename one of them"
        }
    }
}

/// All that is wrong with a set of definitions.
package struct DefinitionErrors: Error, CustomStringConvertible {
    package let errors: [DefinitionError]

    package var description: String { errors.map(\.description).joined(separator: "\n") }
}
