package import CAgentPlugin

extension agent_str {
    package var string: String {
        String(decoding: UnsafeRawBufferPointer(start: data, count: Int(size)), as: UTF8.self)
    }

    /// A text that is never freed.
    package init(_ text: StaticString) {
        self.init(
            data: UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self),
            size: UInt64(text.utf8CodeUnitCount))
    }
}

/// Lends a text to what takes the interface's texts.
package func view<Result>(
    _ string: String, _ body: (agent_str) throws -> Result
) rethrows -> Result {
    var string = string
    return try string.withUTF8 { bytes in
        try bytes.withMemoryRebound(to: CChar.self) {
            try body(agent_str(data: $0.baseAddress, size: UInt64($0.count)))
        }
    }
}

extension agent_error {
    /// Lends a call room for a reason, and tells it.
    package static func reason<Result>(
        of call: (UnsafeMutablePointer<agent_error>) -> Result
    ) -> (result: Result, reason: String) {
        var text = [CChar](repeating: 0, count: 512)
        return text.withUnsafeMutableBufferPointer { room in
            var error = agent_error(
                size: 24, code: 0, text: room.baseAddress, capacity: UInt32(room.count), length: 0)
            let result = call(&error)
            return (result, agent_str(data: room.baseAddress, size: UInt64(error.length)).string)
        }
    }
}
