extension SwiftSkeleton {
    /// As generated it counts the samples of a snapshot and logs how many there were.
    static let exporter = #"""
        import PluginKit

        struct @NAME@Plugin: ExporterPlugin {
            static let info = PluginInfo(
                // A domain of yours, backwards; never change it once it is in use.
                id: "org.example.agent.@SLUG@",
                name: "@NAME@",
                version: "0.1.0",
                vendor: "Example",
                summary: "@SUMMARY@")

            private let host: Host

            init(host: Host, settings: NoSettings) {
                self.host = host
            }

            /// Sends one snapshot. As it stands it counts the samples and says how many there were.
            func export(_ snapshot: Snapshot, before deadline: Deadline) throws -> ExportOutcome {
                var samples = 0
                try snapshot.forEachFamily { family in
                    try snapshot.forEachSeries(of: family) { _ in samples += 1 }
                }
                host.log.info("\(samples) samples")
                return .delivered(samples: samples, bytes: 0)
            }
        }

        """#
}
