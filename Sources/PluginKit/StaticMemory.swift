import CAgentPlugin

/// Memory for what the interface wants to stay in place: texts and tables that C structs point to.
///
/// It is freed with this object; a plugin's descriptor and definitions keep theirs for ever, as the contract
/// says.
final class StaticMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    /// Lends memory for the time of `body`.
    static func lending<Result>(
        _ body: (StaticMemory) throws -> Result
    ) rethrows -> Result {
        let memory = StaticMemory()
        return try withExtendedLifetime(memory) { try body(memory) }
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// A copy of a text; an empty one is absent.
    func text(_ string: String) -> agent_str {
        string.isEmpty ? agent_str() : presentText(string)
    }

    /// A copy of a text that is there even when it is empty.
    func presentText(_ string: String) -> agent_str {
        var string = string
        return string.withUTF8 { bytes in
            let copy = array(bytes.map { CChar(bitPattern: $0) } + [0])
            return agent_str(data: copy, size: UInt64(bytes.count))
        }
    }

    func pair(_ name: String, _ value: String) -> agent_pair {
        agent_pair(name: text(name), value: text(value))
    }

    func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element>? {
        guard !elements.isEmpty else { return nil }
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
        copy.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(copy))
        return UnsafePointer(copy)
    }

    func value<Value>(_ value: Value) -> UnsafePointer<Value> {
        let copy = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        copy.initialize(to: value)
        blocks.append(UnsafeMutableRawPointer(copy))
        return UnsafePointer(copy)
    }
}
