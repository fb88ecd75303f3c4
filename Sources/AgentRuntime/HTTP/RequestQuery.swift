import AgentConfiguration
import Telemetry

/// The query of a request, read strictly.
struct RequestQuery {
    private var values: [String: String] = [:]

    /// - Throws: for a parameter that is not accepted, stands twice or cannot be decoded
    init(_ query: String, accepting names: [String]) throws(RequestFault) {
        for pair in query.split(separator: "&") {
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            guard let name = PercentEncoding.decode(pair[..<equals], plusIsBlank: true),
                let value = PercentEncoding.decode(
                    pair[equals...].dropFirst(), plusIsBlank: true)
            else { throw .malformed("the query's \"\(pair)\" is not percent-encoded UTF-8") }
            guard names.contains(name) else {
                throw .unknown("parameter", name, accepted: names)
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .malformed("the parameter \"\(name)\" stands twice")
            }
        }
    }

    /// The value; nil where it is left out or empty.
    func text(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(RequestFault) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw wrong(name, "an integer from \(range.lowerBound) to \(range.upperBound)", text)
        }
        return number
    }

    /// Such as `10s`.
    func duration(
        _ name: String, in range: ClosedRange<Duration>
    ) throws(RequestFault) -> Duration? {
        guard let text = text(name) else { return nil }
        guard let duration = Duration(configurationText: text), range.contains(duration) else {
            let bounds =
                "\(range.lowerBound.configurationText) to \(range.upperBound.configurationText)"
            throw wrong(name, "a duration from \(bounds) such as \"10s\"", text)
        }
        return duration
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Word.Type
    ) throws(RequestFault) -> Word? {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw wrong(name, "one of \(words)", text)
        }
        return word
    }

    /// A moment in nanoseconds since 1970: written as such (RFC 3339), or as how long ago it was (`15m`).
    func moment(_ name: String, now: Int64) throws(RequestFault) -> Int64? {
        guard let text = text(name) else { return nil }
        if let ago = Duration(configurationText: text) { return now &- ago.nanoseconds }
        guard let moment = Timestamp.nanoseconds(of: text) else {
            throw wrong(
                name, "a time such as \"2026-01-31T12:00:00Z\", or an age such as \"15m\"", text)
        }
        return moment
    }

    private func wrong(_ name: String, _ expected: String, _ found: String) -> RequestFault {
        .malformed("the parameter \"\(name)\" is \"\(found)\"; expected \(expected)")
    }
}
