extension SwiftSkeleton {
    /// As generated it declares a counter and a distribution on one event.
    static let metrics = #"""
        import PluginKit

        /// The definitions are data: the agent executes them, and no code here runs while it does.
        struct @NAME@Plugin: MetricPlugin {
            static let info = PluginInfo(
                // A domain of yours, backwards; never change it once it is in use.
                id: "org.example.agent.@SLUG@",
                name: "@NAME@",
                version: "0.1.0",
                vendor: "Example",
                summary: "@SUMMARY@")

            static let metricPrefix = "@SLUG@"
            static let eventPrefix = "@SLUG@"

            static let metrics: [MetricDefinition] = [
                .counter(
                    "requests_total", "Requests that have ended.",
                    from: ".request.stop", labels: ["status"]),
                .distribution(
                    "request_duration_seconds", "Time requests took.",
                    of: "duration", in: "duration", from: ".request.stop", unit: "seconds",
                    labels: ["status"],
                    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]),
            ]

            static let events = [
                EventDefinition(
                    ".request.stop", "A request has ended.",
                    measurements: [
                        .field("duration", "Time the request took.", unit: "nanosecond")
                    ],
                    metadata: [.field("status", "How it ended: ok or error.")])
            ]
        }

        """#
}
