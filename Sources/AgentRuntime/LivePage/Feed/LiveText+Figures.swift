import AgentConfiguration
import EventIntake

extension LiveText {
    /// One tick.
    func figures(_ figures: Figures) -> JSONValue {
        var reasons: [String: Int] = [:]
        for source in figures.sources {
            for (reason, count) in source.counts.rejected {
                reasons["\(reason)", default: 0] += count
            }
            for (reason, count) in source.counts.dropped {
                reasons[reason.rawValue, default: 0] += count
            }
        }
        var object = point(figures)
        object["virtual"] = .integer(figures.process.virtualBytes)
        object["max_files"] = .integer(figures.process.maximumFiles)
        object["threads"] = .integer(figures.process.threads)
        object["intake"] = .array(figures.sources.map(source))
        object["reasons"] = .object(
            reasons.sorted { $0.key < $1.key }.reduce(into: JSONObject()) {
                $0[$1.key] = .integer(Int64($1.value))
            })
        object["opened"] = .integer(Int64(figures.sessions.opened))
        object["lost"] = .integer(Int64(figures.sessions.lost))
        object["backlog"] = .integer(Int64(figures.sessions.backlog))
        object["patches"] = .integer(Int64(figures.sessions.sentPatches))
        object["sent"] = .integer(Int64(figures.sessions.sentBytes))
        return .object(object)
    }

    /// The ticks before.
    func history(_ history: [Figures]) -> JSONValue {
        .array(history.map { .object(point($0)) })
    }

    /// What is drawn.
    private func point(_ figures: Figures) -> JSONObject {
        [
            "at": .integer(figures.at / 1_000_000), "cpu": rounded(figures.cpu, 10_000),
            "memory": .integer(figures.process.residentBytes),
            "files": .integer(figures.process.openFiles), "received": rounded(figures.received),
            "rejected": rounded(figures.rejected), "dropped": rounded(figures.dropped),
            "active": .integer(Int64(figures.runs.active)),
            "started": rounded(figures.runs.started),
            "failed": rounded(figures.runs.failed),
            "sessions": .integer(Int64(figures.sessions.open)),
        ]
    }

    private func source(_ source: Figures.Source) -> JSONValue {
        [
            "source": .string(source.name), "rate": rounded(source.rate),
            "received": .integer(Int64(source.counts.received)),
            "rejected": .integer(Int64(source.counts.rejectedInAll)),
            "dropped": .integer(Int64(source.counts.droppedInAll)),
            "connections": .integer(Int64(source.counts.openConnections)),
        ]
    }

    private func rounded(_ number: Double, _ parts: Double = 10) -> JSONValue {
        .number((number * parts).rounded() / parts)
    }
}
