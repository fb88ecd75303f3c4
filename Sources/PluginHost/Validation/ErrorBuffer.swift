import CAgentPlugin

/// Room for a plugin's error text, and the text read back with suspicion.
struct ErrorBuffer {
    static let capacity = 1024

    /// Calls `body` with an empty error and answers its status with the text the plugin left.
    static func call(
        _ body: (UnsafeMutablePointer<agent_error>) -> agent_status
    ) -> (status: agent_status, text: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { text in
            text.initialize(repeating: 0)
            var error = agent_error(
                size: UInt32(MemoryLayout<agent_error>.size), code: 0, text: text.baseAddress,
                capacity: UInt32(capacity), length: 0)
            let status = body(&error)
            // The length is the plugin's word, the memory is ours.
            let count = min(Int(error.length), capacity)
            let bytes = UnsafeRawBufferPointer(text)[..<count]
            return (status, String(decoding: bytes, as: UTF8.self))
        }
    }
}
