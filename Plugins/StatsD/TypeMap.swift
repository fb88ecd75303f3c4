import PluginKit

/// A line's type.
enum LineType: String, CaseIterable, Sendable {
    case counter = "c"
    case gauge = "g"
    case timer = "ms"
    case histogram = "h"
    case distribution = "d"
    case set = "s"

    /// It takes single values, which only updates have.
    var isRaw: Bool { self != .counter && self != .gauge }

    /// The receiver may be sent a share of the values.
    var isSampled: Bool { self == .timer || self == .histogram || self == .distribution }

    var text: StaticString {
        switch self {
        case .counter: "|c"
        case .gauge: "|g"
        case .timer: "|ms"
        case .histogram: "|h"
        case .distribution: "|d"
        case .set: "|s"
        }
    }
}

/// Types by metric name; the first pattern that fits holds.
struct TypeMap: SettingValue {
    struct Rule: Sendable {
        let pattern: String
        let type: LineType
    }

    private(set) var rules: [Rule] = []

    init() {}

    init?(json: JSON, host: Host) throws {
        guard case .object(let members) = json else { return nil }
        for member in members {
            guard case .string(let word) = member.value, let type = LineType(rawValue: word),
                !member.key.isEmpty
            else { return nil }
            rules.append(Rule(pattern: member.key, type: type))
        }
    }

    static var schema: [JSON.Member] {
        let words = JSON.array(LineType.allCases.map { .string($0.rawValue) })
        return [
            .init("type", "object"), .init("additionalProperties", .object([.init("enum", words)])),
        ]
    }

    static var accepted: String {
        "an object from metric names to one of "
            + LineType.allCases.map(\.rawValue).joined(separator: ", ")
    }

    var json: JSON? { .object(rules.map { .init($0.pattern, .string($0.type.rawValue)) }) }

    func type(of name: UnsafeRawBufferPointer) -> LineType? {
        rules.first { rule in
            var pattern = rule.pattern
            return pattern.withUTF8 { Self.matches(UnsafeRawBufferPointer($0), name) }
        }?.type
    }

    /// Whether `text` is what `pattern` says, "*" being any text.
    private static func matches(
        _ pattern: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer
    ) -> Bool {
        var (at, place) = (0, 0)
        // Where the last star stands, and how much of the text it takes for now.
        var star: (at: Int, place: Int)?
        while place < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, place)
                at += 1
            } else if at < pattern.count, pattern[at] == text[place] {
                at += 1
                place += 1
            } else if let last = star {
                star = (last.at, last.place + 1)
                (at, place) = (last.at + 1, last.place + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
