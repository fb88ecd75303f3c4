import AgentConfiguration

/// Addresses that only this machine can have.
enum LoopbackAddress {
    /// Whether a text is one: 127.0.0.0/8, ::1, or the former mapped into IPv6.
    static func contains(_ text: String) -> Bool { IPAddress(text)?.isLoopback == true }
}
