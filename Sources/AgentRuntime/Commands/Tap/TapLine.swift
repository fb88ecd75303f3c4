import AgentConfiguration

/// An event of a tap as people read it: time, name, what it measured, what it was about.
struct TapLine {
    let palette: Palette

    /// `12:00:05.250 net_auto.runner.stop duration=1.2s bytes=42 device_id=box site=lab`
    func text(_ event: JSONValue) -> String {
        let time = event["at"]?.string.map { $0.dropFirst(11).prefix(12) } ?? ""
        let name = event["event"]?.string ?? ""
        var line = palette(.faint, String(time))
        line += " " + palette(Self.style(of: name), HumanLogHandler.oneLine(name))
        for (key, value) in Self.members(event["measurements"]) {
            line += " " + palette(.faint, "\(shown(key))=") + Self.measured(key, value)
        }
        for (key, value) in Self.members(event["metadata"]) where value != .null {
            let text = value.string ?? JSONWriter(.compact).write(value)
            line +=
                " " + palette(.faint, "\(shown(key))=") + HumanLogHandler.quotedWhereNeeded(text)
        }
        if let correlation = event["correlation_id"]?.string {
            line += " " + palette(.faint, "correlation_id=\(shown(correlation))")
        }
        return line + "\n"
    }

    func lost(_ count: Int64) -> String { palette(.yellow, "… \(count) lost") + "\n" }

    private func shown(_ key: String) -> String { HumanLogHandler.quotedWhereNeeded(key) }

    private static func members(_ value: JSONValue?) -> [(key: String, value: JSONValue)] {
        guard case .object(let object)? = value else { return [] }
        return object.members.map { ($0.key, $0.value) }
    }

    private static func style(of name: String) -> Palette.Style {
        let isBad = ["exception", "error", "failure", "failed", "rejected", "refused"].contains {
            name.hasSuffix(".\($0)")
        }
        return isBad ? .red : .cyan
    }

    private static func measured(_ key: String, _ value: JSONValue) -> String {
        guard case .integer(let number) = value, EventKeys.isDuration(key) else {
            return value.string ?? JSONWriter(.compact).write(value)
        }
        return DurationText.short(number)
    }
}

/// Durations as people read them.
enum DurationText {
    /// Three digits that count, and the unit that suits them: `1.20s`, `35.1ms`, `812µs`.
    static func short(_ nanoseconds: Int64) -> String {
        let value = Double(nanoseconds)
        let magnitude = abs(value)
        if magnitude < 1e3 { return "\(nanoseconds)ns" }
        if magnitude < 999.5e3 { return NumberText.three(value / 1e3) + "µs" }
        if magnitude < 999.5e6 { return NumberText.three(value / 1e6) + "ms" }
        if magnitude < 120e9 { return NumberText.three(value / 1e9) + "s" }
        let seconds = nanoseconds.magnitude / 1_000_000_000
        let sign = nanoseconds < 0 ? "-" : ""
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        if days > 0 { return "\(sign)\(days)d\(hours)h" }
        if hours > 0 { return "\(sign)\(hours)h\(minutes)m" }
        return "\(sign)\(minutes)m\(seconds % 60)s"
    }
}

/// Numbers as people read them, without Foundation.
enum NumberText {
    /// Three digits that count, of a number below 1000: `1.20`, `35.1`, `812`.
    static func three(_ value: Double) -> String {
        let magnitude = abs(value)
        return fixed(value, magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0)
    }

    /// So many digits behind the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        guard value.isFinite, let scaled = Int64(exactly: (abs(value) * scale).rounded()) else {
            return "\(value)"
        }
        let sign = value < 0 && scaled != 0 ? "-" : ""
        let unit = Int64(scale)
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = "\(scaled % unit)"
        let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
        return "\(sign)\(scaled / unit).\(zeros)\(fraction)"
    }

    /// A count or a rate in at most five characters: `0.5`, `812`, `12.4k`, `3.10M`.
    static func short(_ value: Double) -> String {
        let magnitude = abs(value)
        guard magnitude < 1e15 else { return "\(value)" }
        if magnitude < 99.95, magnitude != magnitude.rounded() { return fixed(value, 1) }
        if magnitude < 999.5 { return fixed(value, 0) }
        if magnitude < 999.5e3 { return three(value / 1e3) + "k" }
        if magnitude < 999.5e6 { return three(value / 1e6) + "M" }
        return three(value / 1e9) + "G"
    }

    /// `12.4 MiB`
    static func bytes(_ value: Double) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, index) = (value, 0)
        while abs(value) >= 999.5, index < units.count - 1 {
            (value, index) = (value / 1024, index + 1)
        }
        return (index == 0 ? fixed(value, 0) : three(value)) + " " + units[index]
    }
}
