/// Where events come in. The raw value is a stable name, fit for a label.
package enum IntakeSource: String, Sendable, CaseIterable {
    case unixStream = "unix_stream"
    case unixDatagram = "unix_datagram"
    case udp
    case http
}

/// Why input that may have been good was not applied. The raw value is a stable name, fit for a label.
package enum DropReason: String, Sendable, CaseIterable {
    /// The kernel had no room for a datagram; each counts as one, also one that the kernel had joined of several.
    case kernel
    /// A connection beyond the limit was closed at once; it counts as one, whatever it would have sent.
    case connectionLimit = "connection_limit"
    /// The intake stopped: a datagram it had no time for, or a connection cut off in the middle of a line or with
    /// unread input, which counts as one.
    case shutdown
    /// A sampling rule took another event of its kind.
    case sampledOut = "sampled_out"
    /// A rate limit had no room for it.
    case rateLimited = "rate_limited"
}
