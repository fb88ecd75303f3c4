/// Where events come in. The raw value is a stable name, fit for a label.
package enum IntakeSource: String, Sendable, CaseIterable {
    case unixStream = "unix_stream"
    case unixDatagram = "unix_datagram"
    case udp
    case http
}

/// Why input was lost before it could be decoded. The raw value is a stable name, fit for a label.
package enum DropReason: String, Sendable, CaseIterable {
    /// The kernel had no room for a datagram; each counts as one.
    case kernel
    /// A connection beyond the limit was closed at once; it counts as one, whatever it would have sent.
    case connectionLimit = "connection_limit"
    /// The start of a line whose rest had not come when the intake stopped.
    case shutdown
}
