import Redaction

/// The names of fields as lines have them, each looked at once.
struct LogKeys {
    /// A field's name, in a line of this form.
    struct Key {
        /// The member of the line that it becomes; several names may become the same.
        fileprivate(set) var member: Int
        /// `"member":`, or `member` for people.
        fileprivate(set) var text: Range<Int>
        /// Whether what stands under it is hidden.
        fileprivate(set) var isHidden = false
        /// Whether it stands at the line's top, not among the labels.
        fileprivate(set) var isOwn = false
        fileprivate(set) var isCorrelation = false
    }

    private let form: LogForm
    private let redactor: Redactor
    private var keys: [String: Key] = [:]
    private var members: [String: Int] = [:]
    /// Whether several names become this member.
    private var isShared: [Bool] = []
    private(set) var bytes: [UInt8] = []
    /// What a correlation id is called where it is the id of a trace.
    private(set) var trace = Key(member: 0, text: 0..<0)

    /// Names come from outside as well: of more than these nothing is kept.
    static let room = 2048

    init(_ form: LogForm, _ redactor: Redactor) {
        self.form = form
        self.redactor = redactor
        switch form {
        case .ecs: trace = key("trace id", member: "trace.id", isOwn: true)
        case .otel: trace = key("trace id", member: "TraceId", isOwn: true)
        case .human: break
        }
    }

    var isFull: Bool { keys.count >= Self.room }

    /// Whether a member that is set may be there already, under another name.
    func mayRepeat(_ key: Key) -> Bool { isShared[key.member] }

    mutating func key(_ name: String) -> Key {
        if let known = keys[name] { return known }
        var new: Key
        let meaning = Meaning(name)
        switch (form, meaning) {
        case (.human, _): new = key(name, member: name)
        case (.ecs, .errorMessage): new = key(name, member: "error.message", isOwn: true)
        case (.ecs, .errorType): new = key(name, member: "error.type", isOwn: true)
        case (.ecs, .stackTrace): new = key(name, member: "error.stack_trace", isOwn: true)
        // A dot in a label's name would make an object of it.
        case (.ecs, _): new = key(name, member: name.replacing(".", with: "_"))
        case (.otel, .errorMessage): new = key(name, member: "exception.message")
        case (.otel, .errorType): new = key(name, member: "exception.type")
        case (.otel, .stackTrace): new = key(name, member: "exception.stacktrace")
        case (.otel, _): new = key(name, member: name)
        }
        if meaning != .other { isShared[new.member] = true }
        new.isHidden = redactor.hides(key: name)
        new.isCorrelation = form != .human && name == "correlation_id"
        keys[name] = new
        return new
    }

    private mutating func key(_ name: String, member: String, isOwn: Bool = false) -> Key {
        let start = bytes.count
        if form == .human {
            bytes += HumanLogHandler.oneLine(member).utf8
        } else {
            bytes.appendJSON(quoted: member)
            bytes.append(UInt8(ascii: ":"))
        }
        // Above and among the labels the same name means two things.
        let place = isOwn ? "\"\(member)" : member
        let known = members[place]
        let id = known ?? members.count
        if known == nil {
            members[place] = id
            isShared.append(false)
        } else {
            isShared[id] = true
        }
        return Key(member: id, text: start..<bytes.count, isOwn: isOwn)
    }

    /// Fields that the schemas have names of their own for.
    private enum Meaning {
        case errorMessage, errorType, stackTrace, other

        init(_ name: String) {
            switch name {
            case "error", "error.message": self = .errorMessage
            case "error.type": self = .errorType
            case "stacktrace", "traceback", "stack_trace": self = .stackTrace
            default: self = .other
            }
        }
    }
}
