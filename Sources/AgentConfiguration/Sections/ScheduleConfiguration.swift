/// One entry of `schedules`: a run that repeats.
package struct ScheduleConfiguration: Hashable, Sendable {
    /// Unique.
    package let name: String

    /// The id of one of `devices`.
    package let device: String
    package let command: CommandConfiguration
    package let every: Duration

    /// Each run begins up to this much later, by chance, so that schedules do not march in step.
    package let jitter: Duration
    package let timeout: Duration?

    /// How long a run may wait for the quota; `nil` for as long as `every`.
    package let wait: Duration?
}

extension ScheduleConfiguration {
    static let shape = Shape<ScheduleConfiguration>.object(
        Field<String>("name", .name(.instanceName), "The schedule's name, unique."),
        Field<String>("device", .name(.deviceID), "The id of one of \"devices\"."),
        Field<CommandConfiguration>(
            "command", CommandConfiguration.shape, "What is run: a text, or an array of words."),
        Field<Duration>(
            "every", .duration(in: .milliseconds(100)...(.seconds(30 * 86_400))),
            "From one begin to the next; a run that takes longer is waited for."),
        Field<Duration>(
            "jitter", .duration(in: .zero...(.seconds(86_400))), default: "0s",
            "Each run begins up to this much later, by chance; at most \"every\"."),
        Field<Duration?>(
            "timeout", .runTimeout, "How long a run may take; the device's limit when absent."),
        Field<Duration?>(
            "wait", .duration(in: .zero...(.seconds(30 * 86_400))),
            "How long a run may wait for the quota: as long as \"every\" when absent, \"0s\" not at all."
        ),
        build: ScheduleConfiguration.init)

    /// Reports every name that is taken already, and every jitter that would overtake the next begin.
    static func check(
        _ schedules: [Located<ScheduleConfiguration>], _ decoding: inout Decoding
    ) {
        var owners: [String: ConfigurationLocation] = [:]
        for schedule in schedules {
            if let owner = owners[schedule.name] {
                let reason = "the name \(schedule.name.quoted()) is taken by \(owner.keyPath)"
                decoding.report([schedule.location.error(reason)])
            } else {
                owners[schedule.name] = schedule.location
            }
            if schedule.jitter > schedule.every {
                let (jitter, every) = (
                    schedule.jitter.configurationText, schedule.every.configurationText
                )
                let reason =
                    "\"jitter\" is \(jitter), which is longer than \"every\"; at most \(every) is accepted"
                decoding.report([schedule.location.error(reason)])
            }
        }
    }

    /// Reports every schedule of a device that is not there, whatever else is wrong with either.
    static func checkDevices(_ file: JSONNode, _ decoding: inout Decoding) {
        // What is wrong with the names themselves is reported where they are read.
        var unheard = decoding
        let id = Shape<String>.name(.deviceID)
        let known = file["devices"].items.compactMap { $0["id"] }
            .compactMap { id.decode($0, &unheard) }
        for (index, schedule) in file["schedules"].items.enumerated() {
            guard let node = schedule["device"], let device = id.decode(node, &unheard),
                !known.contains(device)
            else { continue }
            let hint =
                known.nearest(to: device).map { "did you mean \($0.quoted())?" }
                ?? (known.isEmpty ? "there are no \"devices\"" : "there are \(known.listed())")
            decoding.at(.key("schedules")) { decoding in
                decoding.at(.index(index)) {
                    $0.reject(
                        schedule, key: "device", "no device has the id \(device.quoted()); \(hint)")
                }
            }
        }
    }
}

extension JSONNode? {
    fileprivate var items: [JSONNode] {
        guard case .array(let items) = self?.content else { return [] }
        return items
    }
}
