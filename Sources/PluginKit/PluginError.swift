public import CAgentPlugin

/// A failure with its sentence: what went wrong, where, and what would be accepted.
public struct PluginError: Error, CustomStringConvertible {
    public var description: String
    public var status: agent_status

    public init(_ description: String, status: agent_status = AGENT_ERROR) {
        self.description = description
        self.status = status
    }
}

/// Runs what a C function of this plugin does; an error becomes the status and the text of `error`.
func answering(
    _ error: UnsafeMutablePointer<agent_error>?, _ body: () throws -> agent_status
) -> agent_status {
    do {
        return try body()
    } catch let failure {
        let status = (failure as? PluginError)?.status ?? AGENT_ERROR
        return fail(error, status, String(describing: failure))
    }
}

/// Fills in an error's text, cut to its room at a character's start, and answers `status`.
func fail(
    _ error: UnsafeMutablePointer<agent_error>?, _ status: agent_status, _ text: String
) -> agent_status {
    guard let error else { return status }
    var text = text
    return text.withUTF8 { bytes in
        var length = min(bytes.count, Int(error.pointee.capacity))
        while length > 0, length < bytes.count, bytes[length] & 0b1100_0000 == 0b1000_0000 {
            length -= 1
        }
        return bytes.withMemoryRebound(to: CChar.self) {
            agent_fail(error, status, $0.baseAddress, UInt64(length))
        }
    }
}

/// Calls a host function that explains a failure, and throws what it said.
func explained(
    _ what: @autoclosure () -> String, _ call: (UnsafeMutablePointer<agent_error>) -> agent_status
) throws {
    let failure = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { room in
        var error = agent_error(
            size: UInt32(MemoryLayout<agent_error>.size), code: 0, text: room.baseAddress,
            capacity: UInt32(room.count), length: 0)
        let status = call(&error)
        guard status < 0 else { return nil as PluginError? }
        let said = UnsafeRawBufferPointer(room).prefix(Int(min(error.length, error.capacity)))
        return PluginError("\(what()): \(String(decoding: said, as: UTF8.self))", status: status)
    }
    if let failure { throw failure }
}
