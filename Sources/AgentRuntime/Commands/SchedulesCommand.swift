import AgentConfiguration
import ArgumentParser
import Telemetry

/// `agent schedules`
struct SchedulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules",
        abstract: "Shows what repeats: the last run of each schedule, its result, and the next.",
        discussion: "Behind a failure stands how many there were in a row. Times are UTC.")

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let answer = try target.client(config: agent.config).get("/v1/schedules")
            output.write(answer) {
                Self.text(
                    answer, now: TelemetryClock.machine.system(), width: Terminal.width)
            }
        }
    }

    static func text(_ answer: JSONValue, now: Int64, width: Int?) -> String {
        guard case .array(let schedules) = answer["schedules"], !schedules.isEmpty else {
            return "no schedules\n"
        }
        var table = TextTable(["name", "device", "every", "last run", "result", "next run"])
        for schedule in schedules {
            table.append([
                schedule["name"]?.string ?? "", schedule["device_id"]?.string ?? "",
                schedule["every"]?.string ?? "", moment(schedule["last"]?["begun_at"], now: now),
                result(schedule), moment(schedule["next_at"], now: now),
            ])
        }
        return table.text(width: width)
    }

    private static func result(_ schedule: JSONValue) -> String {
        guard let last = schedule["last"], last != .null else { return "-" }
        guard let status = last["status"]?.string else { return "under way" }
        let reason = last["reason"]?.string
        var text = status
        if let reason, reason != status { text += " \(reason)" }
        if case .integer(let failures) = schedule["failures_in_a_row"], failures > 1 {
            text += " (\(failures))"
        }
        return text
    }

    /// The time of today, with its date on any other day.
    private static func moment(_ value: JSONValue?, now: Int64) -> String {
        guard let text = value?.string?.prefix(19) else { return "-" }
        let today = Timestamp.text(now).prefix(10)
        return String(text.hasPrefix(today) ? text.suffix(8) : text)
    }
}
