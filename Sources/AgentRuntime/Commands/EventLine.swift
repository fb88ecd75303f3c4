/// Writes an event in line protocol.
///
/// Source: InfluxDB line protocol
enum EventLine {
    /// - Parameters:
    ///   - measurements: `key=value`, the value as line protocol has it; one event counts where there is none.
    ///   - tags: `key=value`
    static func text(
        _ name: String, measurements: [String], tags: [String]
    ) throws(CommandFailure) -> String {
        guard !name.isEmpty else { throw CommandFailure("the event's name is empty") }
        guard !name.hasSuffix("\\") else {
            throw CommandFailure("the event's name \"\(name)\" ends in a backslash")
        }
        var line = escaped(name, ", ")
        for tag in tags {
            let (key, value) = try pair(tag, "tag")
            line += ",\(escaped(key, ",= "))=\(escaped(value, ",= "))"
        }
        var fields: [String] = []
        for measurement in measurements {
            let (key, value) = try pair(measurement, "measurement")
            guard isNumber(value) else {
                throw CommandFailure(
                    "the measurement \"\(key)\" is \"\(value)\"; expected a number such as 5i or 2.5 (texts are given with --tag)"
                )
            }
            fields.append("\(escaped(key, ",= "))=\(value)")
        }
        return "\(line) \(fields.isEmpty ? "count=1i" : fields.joined(separator: ","))\n"
    }

    private static func pair(
        _ text: String, _ what: String
    ) throws(CommandFailure) -> (key: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw CommandFailure("the \(what) \"\(text)\" is not key=value")
        }
        let value = text[text.index(after: equals)...]
        guard !value.isEmpty else { throw CommandFailure("the \(what) \"\(text)\" has no value") }
        let key = text[..<equals]
        // It would escape the delimiter that follows, and cannot be escaped itself.
        guard !key.hasSuffix("\\"), !value.hasSuffix("\\") else {
            throw CommandFailure(
                "the \(what) \"\(text)\" has a backslash at an end, which line protocol cannot say")
        }
        return (String(key), String(value))
    }

    private static func isNumber(_ text: String) -> Bool {
        if text.hasSuffix("i") { return Int64(text.dropLast()) != nil }
        if text.hasSuffix("u") { return UInt64(text.dropLast()) != nil }
        return Double(text)?.isFinite == true
    }

    private static func escaped(_ text: String, _ special: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            // A line ends at a newline, whatever stands before it.
            if character == "\n" {
                result += "\\n"
                continue
            }
            if special.unicodeScalars.contains(character) { result += "\\" }
            result.unicodeScalars.append(character)
        }
        return result
    }
}
