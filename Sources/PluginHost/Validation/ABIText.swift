import CAgentPlugin

/// Texts and lists that a plugin handed out, read within limits.
///
/// A length that lies within its limit but beyond the plugin's memory cannot be told from a true one.
enum ABIText {
    /// The longest text that is read.
    static let maximum = 1 << 20
    /// The longest name, unit or other short text.
    static let maximumName = 255

    /// A text, possibly empty.
    static func read(
        _ text: agent_str, _ what: @autoclosure () -> String, limit: Int = maximum
    ) throws(PluginRefusal.Reason) -> String {
        guard text.size > 0 else { return "" }
        guard text.size <= UInt64(limit) else {
            throw .badText(what: what(), .tooLong(text.size, limit: limit))
        }
        guard let data = text.data else { throw .badText(what: what(), .null) }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(text.size))
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw .badText(what: what(), .notUTF8)
        }
        return result
    }

    /// A short text that must say something.
    static func name(
        _ text: agent_str, _ what: @autoclosure () -> String, limit: Int = maximumName
    ) throws(PluginRefusal.Reason) -> String {
        let result = try read(text, what(), limit: limit)
        guard !result.isEmpty else { throw .badText(what: what(), .missing) }
        return result
    }

    /// A list of `count` elements.
    static func list<Element>(
        _ start: UnsafePointer<Element>?, _ count: UInt32, _ what: @autoclosure () -> String,
        limit: Int
    ) throws(PluginRefusal.Reason) -> UnsafeBufferPointer<Element> {
        guard count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
        guard count <= UInt32(limit) else { throw .tooMany(what: what(), limit: limit) }
        guard let start else { throw .badText(what: what(), .null) }
        return UnsafeBufferPointer(start: start, count: Int(count))
    }
}
