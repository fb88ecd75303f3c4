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

extension SampleFilter {
    /// Whether the filter is about metrics of this name; costs the product of both lengths at
    /// worst.
    package func matches(metric name: String) -> Bool {
        let pattern = Array(metric.utf8)
        let name = Array(name.utf8)
        var (inPattern, inName) = (0, 0)
        // Where the last star stood, and how much of the name it has taken.
        var star: (pattern: Int, name: Int)?
        while inName < name.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                star = (inPattern, inName)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == name[inName] {
                inPattern += 1
                inName += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                inPattern = last.pattern + 1
                inName = last.name + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Whether a sample with these labels passes; `value` gives a label's value, `nil` where the
    /// sample has no such label.
    package func matches(labels value: (String) -> String?) -> Bool {
        labels.allSatisfy { name, accepted in value(name).map(accepted.contains) ?? false }
    }
}
