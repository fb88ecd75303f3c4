import PluginKit

/// What a dashboard's content comes to, whatever the order of its keys.
///
/// It tells contents apart that nobody chose to collide. Source: FNV-1a, 64 bits.
struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ parts: JSON...) {
        for part in parts { add(part) }
    }

    /// 16 hexadecimal digits.
    var description: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func add(_ value: JSON) {
        switch value {
        case .array(let elements):
            add("[")
            for element in elements { add(element) }
            add("]")
        case .object(let members):
            add("{")
            for member in members.sorted(by: { $0.key < $1.key }) {
                add(.string(member.key))
                add(member.value)
            }
            add("}")
        default:
            add(value.description)
        }
        add(",")
    }

    private mutating func add(_ text: String) {
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
