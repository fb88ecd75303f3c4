import EventIntake
import Logging
import MetricRegistry
import ServiceLifecycle
import Synchronization
import Telemetry

/// What has to be done from time to time: moves the registry's time, tells of rejected events, and gives back what the
/// start has taken.
struct HousekeepingService: Service {
    let registry: MetricRegistry
    let bus: TelemetryBus
    let accounting: IntakeAccounting
    let tick: Duration
    let logger: Logger
    /// Looks at what nobody tells of.
    let look: @Sendable () -> Void

    /// By then the first runs, exports and questions have been, each with its own part of the program.
    private static let settling = Duration.seconds(5)

    func run() async throws {
        let report = Mutex(RejectionReport())
        let tellNews: @Sendable () -> Void = {
            tell(of: report.withLock { $0.update(accounting.snapshot()) })
        }
        try? await cancelWhenGracefulShutdown {
            async let _ = giveBackOnceSettled()
            while true {
                try await Task.sleep(for: tick)
                registry.tick()
                look()
                tellNews()
            }
        }
        tellNews()
    }

    private func giveBackOnceSettled() async throws {
        try await Task.sleep(for: Self.settling)
        StartMemory.giveBack()
    }

    private func tell(of news: [RejectionReport.Entry]) {
        for entry in news {
            bus.execute(
                "agent.intake.rejected", ["count": .integer(Int64(entry.count))],
                ["source": .string(entry.source), "reason": .string(entry.reason)])
            // That nobody listens to an event is usual.
            guard entry.reason != "\(RejectReason.unhandled)" else { continue }
            var fields: Logger.Metadata = [
                "count": "\(entry.count)", "source": "\(entry.source)", "reason": "\(entry.reason)",
            ]
            let example = accounting.recentFaults.last {
                $0.source.rawValue == entry.source && "\($0.fault.reason)" == entry.reason
            }
            if let example { fields["example"] = "\(example.fault)" }
            logger.warning("events were not applied", metadata: fields)
        }
    }
}

/// What was rejected and dropped since the last look.
struct RejectionReport {
    struct Entry: Equatable {
        let source: String
        let reason: String
        let count: Int
    }

    private var seen: [String: Int] = [:]

    mutating func update(_ counts: [IntakeSource: IntakeCounts]) -> [Entry] {
        var news: [Entry] = []
        for source in IntakeSource.allCases {
            guard let counts = counts[source] else { continue }
            let all =
                counts.rejected.map { ("\($0.key)", $0.value) }
                + counts.dropped.map { ($0.key.rawValue, $0.value) }
            for (reason, total) in all.sorted(by: { $0.0 < $1.0 }) {
                let before = seen.updateValue(total, forKey: "\(source.rawValue) \(reason)") ?? 0
                guard total > before else { continue }
                news.append(Entry(source: source.rawValue, reason: reason, count: total - before))
            }
        }
        return news
    }
}
