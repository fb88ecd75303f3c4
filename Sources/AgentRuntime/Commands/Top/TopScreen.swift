import AgentConfiguration

/// A frame as text that fits the terminal.
struct TopScreen {
    let width: Int
    /// How many lines there may be; nil for all there are.
    let height: Int?
    let palette: Palette

    /// What goes into one table, and how many of its rows are shown.
    private struct Part {
        let title: String
        let columns: [Column]
        let rows: [[String]]
        var shown = 0
    }

    private struct Column {
        let title: String
        var isNumber = false
    }

    func text(_ frame: JSONValue, note: String = "") -> String {
        var parts = [events(frame), metrics(frame), handlers(frame), plugins(frame)]
        let head = head(frame, note)
        share(&parts, below: head.count)
        let lines = head + parts.flatMap(lines)
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: What is in a frame

    private func head(_ frame: JSONValue, _ note: String) -> [String] {
        let clock = frame["at"]?.string.map { Timestamp.clock($0).suffix(8) } ?? ""
        let process = frame["process"]
        let intake = frame["intake"]
        var title = "agent \(frame["version"]?.string ?? "") · \(clock) UTC"
        if !note.isEmpty { title += " · \(note)" }
        let cpu = NumberText.fixed(process.number("cpu_ratio") * 100, 1)
        let facts =
            "cpu \(cpu)% · memory \(NumberText.bytes(process.number("resident_bytes")))"
            + " · threads \(NumberText.short(process.number("threads")))"
            + " · files \(NumberText.short(process.number("open_files")))"
        let rates = ["received", "applied", "rejected", "dropped"].map {
            "\($0) \(NumberText.short(intake.number("\($0)_per_second")))/s"
        }
        let counts =
            "events \(NumberText.short(frame.number("events_per_second")))/s of "
            + "\(NumberText.short(frame.number("event_names"))) names"
            + " · series \(NumberText.short(frame.number("series")))"
        return [
            palette(.bold, cut(title)), cut(facts), cut("intake " + rates.joined(separator: " · ")),
            cut(counts),
        ]
    }

    private func events(_ frame: JSONValue) -> Part {
        Part(
            title: "event", columns: [Column(title: "per second", isNumber: true)],
            rows: frame.items("events").map { event in
                [shown(event["event"]), NumberText.short(event.number("per_second"))]
            })
    }

    private func metrics(_ frame: JSONValue) -> Part {
        Part(
            title: "metric",
            columns: [
                Column(title: "series", isNumber: true), Column(title: "worst label"),
                Column(title: "overflowed", isNumber: true),
            ],
            rows: frame.items("metrics").map { metric in
                let worst = metric["worst_label"]
                let more = worst?["at_least"] == .bool(true) ? "≥ " : ""
                let label =
                    worst?["label"].map {
                        "\(shown($0)): \(more)\(NumberText.short(worst.number("values")))"
                    } ?? "-"
                return [
                    shown(metric["metric"]), NumberText.short(metric.number("series")), label,
                    NumberText.short(metric.number("overflowed")),
                ]
            })
    }

    private func handlers(_ frame: JSONValue) -> Part {
        Part(
            title: "handler",
            columns: [
                Column(title: "busy", isNumber: true), Column(title: "calls/s", isNumber: true),
                Column(title: "each", isNumber: true),
            ],
            rows: frame.items("handlers").map { handler in
                [
                    shown(handler["handler"]),
                    NumberText.fixed(handler.number("busy_ratio") * 100, 2) + "%",
                    NumberText.short(handler.number("calls_per_second")),
                    handler["call_seconds"] == .null
                        ? "-" : NumberText.three(handler.number("call_seconds") * 1e6) + " µs",
                ]
            })
    }

    private func plugins(_ frame: JSONValue) -> Part {
        Part(
            title: "plugin",
            columns: [
                Column(title: "busy", isNumber: true), Column(title: "status"),
                Column(title: "events/s", isNumber: true),
                Column(title: "requests/s", isNumber: true),
                Column(title: "samples/s", isNumber: true),
                Column(title: "dropped", isNumber: true),
                Column(title: "exports"),
            ],
            rows: frame.items("plugins").map { plugin in
                let state = plugin["state"]?.string ?? ""
                let status = state == "running" ? plugin["status"]?.string ?? "" : state
                let why = shown(plugin["why"])
                var exports = ""
                if case .object(let results)? = plugin["exports"] {
                    exports = results.members.map { result, count in
                        "\(result) \(NumberText.short(count.double))"
                    }.joined(separator: ", ")
                }
                return [
                    shown(plugin["plugin"]),
                    NumberText.fixed(plugin.number("busy_ratio") * 100, 1) + "%", status,
                    NumberText.short(plugin.number("events_per_second")),
                    NumberText.short(plugin.number("requests_per_second")),
                    NumberText.short(plugin.number("samples_per_second")),
                    NumberText.short(plugin.number("dropped")),
                    [exports, why].filter { !$0.isEmpty }.joined(separator: "; "),
                ]
            })
    }

    // MARK: Layout

    /// Shares the lines there are among the parts: plugins first, then the others in turn.
    private func share(_ parts: inout [Part], below head: Int) {
        guard let height else {
            for index in parts.indices { parts[index].shown = parts[index].rows.count }
            return
        }
        var room = height - head - 1
        var isGrowing = true
        while room > 0, isGrowing {
            isGrowing = false
            for index in parts.indices.reversed() where parts[index].shown < parts[index].rows.count
            {
                // With its first row a part needs room for the blank line and its head.
                let lines = parts[index].shown == 0 ? 3 : 1
                guard lines <= room else { continue }
                parts[index].shown += 1
                room -= lines
                isGrowing = true
            }
        }
    }

    /// A part as lines that are no longer than the terminal is wide: its first column is cut, then the last ones go.
    private func lines(_ part: Part) -> [String] {
        guard part.shown > 0 else { return [] }
        let rows = part.rows.prefix(part.shown)
        var columns: [(index: Int, width: Int)] = []
        var used = min(width, 24)
        for (index, column) in part.columns.enumerated() {
            let longest = rows.map { $0[index + 1].count }.max() ?? 0
            var needed = max(longest, column.title.count)
            let isLast = index == part.columns.count - 1
            // What stands last may be cut; a column that has nothing to say is left out.
            if isLast, !column.isNumber { needed = min(needed, max(12, width - used - 2)) }
            guard longest > 0, used + 2 + needed <= width else { continue }
            used += 2 + needed
            columns.append((index, needed))
        }
        let others = columns.reduce(0) { $0 + $1.width + 2 }
        let longest = max(part.title.count, rows.map { $0[0].count }.max() ?? 0)
        let first = min(longest, max(8, width - others))
        func line(_ cells: [String], isHead: Bool) -> String {
            var text = Self.padded(Self.cut(cells[0], first), first, isNumber: false)
            for (index, width) in columns {
                let cell = Self.cut(cells[index + 1], width)
                let padded = Self.padded(
                    cell, width, isNumber: part.columns[index].isNumber)
                text += "  " + (isHead ? padded : coloured(padded, part.columns[index].title))
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        let titles = ([part.title] + part.columns.map(\.title)).map { $0.uppercased() }
        return ["", palette(.faint, line(titles, isHead: true))]
            + rows.map { line($0, isHead: false) }
    }

    private func coloured(_ cell: String, _ column: String) -> String {
        guard column == "status" else { return cell }
        let word = cell.prefix { $0 != " " }
        return switch word {
        case "ok": palette(.green, cell)
        case "degraded": palette(.yellow, cell)
        default: palette(.red, cell)
        }
    }

    private func cut(_ text: String) -> String { Self.cut(text, width) }

    private static func cut(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }

    private static func padded(_ text: String, _ width: Int, isNumber: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return isNumber ? blanks + text : text + blanks
    }

    /// Names come from outside.
    private func shown(_ value: JSONValue?) -> String {
        HumanLogHandler.oneLine(value?.string ?? "")
    }
}

extension JSONValue {
    fileprivate var double: Double {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: 0
        }
    }

    fileprivate func number(_ key: String) -> Double { self[key]?.double ?? 0 }

    fileprivate func items(_ key: String) -> [JSONValue] {
        guard case .array(let items)? = self[key] else { return [] }
        return items
    }
}

extension JSONValue? {
    fileprivate func number(_ key: String) -> Double { self?.number(key) ?? 0 }
}
