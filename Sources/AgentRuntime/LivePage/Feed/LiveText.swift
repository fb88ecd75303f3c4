import AgentConfiguration
import Automation
import EventIntake
import PluginHost
import Redaction
import Repo

/// What the page is told, as JSON: every text in it has been through the redactor. Times are milliseconds since 1970.
struct LiveText {
    private static let commandLimit = 400
    private static let textLimit = 500

    let redactor: Redactor

    func text(_ text: String) -> JSONValue {
        .string(redactor.shown(text, limit: Self.textLimit))
    }

    func text(_ text: String?) -> JSONValue { text.map { self.text($0) } ?? .null }

    func time(_ nanoseconds: Int64?) -> JSONValue {
        nanoseconds.map { .integer($0 / 1_000_000) } ?? .null
    }

    // MARK: The agent

    static func short(hash: String) -> String { String(hash.prefix(12)) }

    func agent(hash: String, now: Int64) -> JSONValue {
        [
            "version": .string(AgentVersion.text), "config": .string(Self.short(hash: hash)),
            "started": .integer(ProcessFigures.startTime()), "now": time(now),
        ]
    }

    func alerts(_ alerts: [AlertNotice]) -> JSONValue {
        .array(
            alerts.map {
                [
                    "at": time($0.at), "level": .string($0.level.rawValue),
                    "subject": text($0.subject), "text": text($0.text),
                ]
            })
    }

    // MARK: Runs

    func runs(_ runs: [Run], _ board: RunBoard, now: Int64) -> JSONValue {
        ["active": .integer(Int64(board.active)), "list": .array(runs.map(run))]
    }

    func page(_ page: RunPage, of query: RunPage.Query) -> JSONValue {
        [
            "list": .array(page.runs.map(run)), "last": .bool(page.isLast),
            "site": .text(query.filter.site), "status": .text(query.filter.status?.rawValue),
        ]
    }

    func run(_ run: Run) -> JSONValue {
        [
            "id": .string(run.id.text), "device": text(run.deviceID), "site": text(run.site),
            "protocol": .string(run.protocolName),
            "command": .string(
                redactor.shown(
                    redactor.arguments(run.command).joined(separator: " "),
                    limit: Self.commandLimit)),
            "by": text(run.requestedBy), "status": .string(run.status.rawValue),
            "reason": text(run.reason), "message": text(run.message),
            "exit": run.exitCode.map { .integer(Int64($0)) } ?? .null,
            "created": time(run.createdAt), "started": time(run.startedAt),
            "finished": time(run.finishedAt), "bytes": .integer(run.bytes),
            "truncated": .bool(run.isTruncated),
        ]
    }

    func sites(_ board: RunBoard, now: Int64) -> JSONValue {
        .array(
            board.sites(now: now).sorted { $0.key < $1.key }.prefix(100).map { name, site in
                [
                    "site": text(name), "active": .integer(Int64(site.active)),
                    "ok": .integer(Int64(site.ok)), "failed": .integer(Int64(site.failed)),
                ]
            })
    }

    func quota(_ state: QuotaState?) -> JSONValue {
        guard let state else { return .null }
        return [
            "active": .integer(Int64(state.active)), "limit": .integer(Int64(state.limits.global)),
            "waiting": .integer(Int64(state.waiting)), "rejected": .integer(Int64(state.rejected)),
            "sites": .array(
                state.sites.prefix(100).map { site in
                    [
                        "site": text(site.name),
                        "limit": site.limit.map { .integer(Int64($0)) } ?? .null,
                        "active": .integer(Int64(site.active)),
                        "waiting": .integer(Int64(site.waiting)),
                    ]
                }),
        ]
    }

    // MARK: Plugins

    func plugins(_ all: (reports: [PluginReport], refused: [PluginOutcome])) -> JSONValue {
        .array(all.reports.map(plugin) + all.refused.compactMap(refused))
    }

    private func plugin(_ report: PluginReport) -> JSONValue {
        let state = report.state == .running ? "\(report.status.level)" : report.state.rawValue
        let counters = report.counters
        let exports = counters.exports.values.reduce(0, +)
        return [
            "name": text(report.name), "plugin": .string(report.description.name),
            "version": .string(report.description.version),
            "kinds": .array(report.description.kinds.words.map { .string($0) }),
            "state": .string(state), "why": text(report.status.why),
            "since": time(report.status.since), "exports": count(exports),
            "failed_exports": count(exports - (counters.exports["ok"] ?? 0)),
            "bytes": count(counters.exportBytes), "requests": count(counters.requests),
            "streamed": count(counters.samplesStreamed),
            "dropped": count(counters.samplesDropped &+ counters.eventsDropped),
        ]
    }

    private func refused(_ outcome: PluginOutcome) -> JSONValue? {
        guard case .failure(let refusal) = outcome.result else { return nil }
        return [
            "name": text(outcome.name), "state": "refused", "why": text("\(refusal.reason)"),
            "kinds": [],
        ]
    }

    private func count(_ number: UInt64) -> JSONValue { .integer(Int64(clamping: number)) }

    // MARK: Intake

    func faults(_ faults: [IntakeFault]) -> JSONValue {
        .array(
            faults.reversed().map {
                [
                    "source": .string($0.source.rawValue), "reason": .string("\($0.fault.reason)"),
                    "text": text("\($0.fault)"),
                ]
            })
    }
}
