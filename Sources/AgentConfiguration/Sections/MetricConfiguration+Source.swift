extension MetricConfiguration {
    /// One event that feeds a metric.
    package struct Source: Hashable, Sendable {
        package let event: String

        /// `nil` for the number 1.
        package let measurement: String?

        /// The measurement is multiplied by it; −1 makes an event count down.
        package let factor: Int

        /// Labels that are the same for all updates of this event.
        package let labels: [String: String]
    }
}

extension MetricConfiguration.Source {
    /// An event's name.
    static let event = Shape<String>.name(.eventName).map { event in
        Self(event: event, measurement: nil, factor: 1, labels: [:])
    }

    /// An event's name, or an object that says more.
    static let shape = Shape<Self>.either((.scalar, event), (.object, object))

    private static let object = Shape<Self>.object(
        Field<String>("event", .name(.eventName), "The event's name."),
        Field<String?>(
            "measurement", .name(.eventKey),
            "The measurement; absent: the metric's, or the number 1."),
        Field<Int>(
            "factor", .integer(in: -1_000_000_000...1_000_000_000), default: 1,
            "What the measurement is multiplied by; -1 counts down."),
        Field<[String: String]>("labels", constants, default: [:], "Labels fixed for this event."),
        build: Self.init)

    private static let constants = Shape.dictionary(
        of: Shape<String>.text("a label's value", limit: 1024), keyedBy: .labelName,
        "an object of labels")

    /// This source with the metric's measurement where it names none itself.
    func measuring(_ measurement: String?) -> Self {
        Self(
            event: event, measurement: self.measurement ?? measurement, factor: factor,
            labels: labels)
    }
}
