/// `series`: limits of every metric that sets none of its own.
package struct SeriesConfiguration: Hashable, Sendable {
    /// Per metric; past it updates go to one overflow series.
    package let maxSeries: Int

    /// How often idle series are looked for.
    package let tick: Duration
}

extension SeriesConfiguration {
    static let shape = Shape<SeriesConfiguration>.object(
        Field<Int>(
            "max_series", .maxSeries, default: 2000,
            "Label sets a metric may have before updates go to its overflow series."),
        Field<Duration>(
            "tick", .duration(in: .milliseconds(100)...(.seconds(3600))), default: "10s",
            "How often series that have expired are removed."),
        build: SeriesConfiguration.init)
}

extension Shape<Int> {
    static let maxSeries = integer(in: 1...10_000_000)
}

extension Shape<Duration> {
    static let expiry = duration(in: .seconds(1)...(.seconds(3650 * 86_400)))
}

extension Shape<[Double]> {
    static let buckets = increasing("bucket bounds", count: 1...500)

    /// Numbers, each greater than the one before.
    static func increasing(_ what: String, count: ClosedRange<Int>) -> Shape {
        array(of: .number, count: count, "an array of increasing \(what)")
            .checked { values, node, decoding in
                guard case .array(let nodes) = node.content else { return }
                for index in values.indices.dropFirst() where values[index] <= values[index - 1] {
                    decoding.at(.index(index)) {
                        $0.report(
                            .unacceptable(
                                found: "\(values[index])",
                                expected: "a number greater than \(values[index - 1])"),
                            at: nodes[index].position)
                    }
                }
            }
    }
}
