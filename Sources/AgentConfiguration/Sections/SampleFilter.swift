/// Which samples an exporter gets: those of matching metrics that have all these labels.
package struct SampleFilter: Hashable, Sendable {
    /// A metric's name in which `*` stands for any text.
    package let metric: String

    /// Label name → the values accepted.
    package let labels: [String: [String]]
}

extension SampleFilter {
    private static let glob = Shape<String>.name(.glob)
    private static let labelValue = Shape<String>.text("a label's value", limit: 1024)

    static let shape = Shape<SampleFilter>.either(
        (.scalar, glob.map { SampleFilter(metric: $0, labels: [:]) }),
        (
            .object,
            .object(
                Field<String>("metric", glob, default: "*", "Metric name; \"*\" is any text."),
                Field<[String: [String]]>(
                    "labels", labels, default: [:], "Label values the sample must have."),
                build: SampleFilter.init)
        ))

    private static let labels = Shape.dictionary(
        of: Shape<[String]>.either(
            (.scalar, labelValue.map { [$0] }),
            (.array, .array(of: labelValue, count: 1...1000, "an array of label values"))),
        keyedBy: .labelName, "an object of label values")
}
