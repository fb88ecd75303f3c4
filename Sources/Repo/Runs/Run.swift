/// One command on one device: what was asked for, and what became of it.
///
/// Times are nanoseconds since 1970.
package struct Run: Sendable, Equatable {
    package let id: RunID
    package let deviceID: String
    package let protocolName: String
    package let site: String
    /// The program and its arguments.
    package let command: [String]
    package let requestedBy: String
    package let correlationID: String?
    package let createdAt: Int64

    package var status = RunStatus.pending
    /// Why it did not end well: a class such as `quota_exceeded:site` or `spawn_failed`, never free text.
    package var reason: String?
    /// The same as a sentence, with what is known beyond the class.
    package var message: String?
    package var exitCode: Int32?
    package var startedAt: Int64?
    package var finishedAt: Int64?
    /// Size of what is kept of its output.
    package var bytes: Int64 = 0
    package var chunks: Int64 = 0
    /// Whether its output was longer than what was kept.
    package var isTruncated = false

    package init(
        id: RunID = RunID(), deviceID: String, protocolName: String, site: String,
        command: [String], requestedBy: String, correlationID: String? = nil, createdAt: Int64
    ) {
        self.id = id
        self.deviceID = deviceID
        self.protocolName = protocolName
        self.site = site
        self.command = command
        self.requestedBy = requestedBy
        self.correlationID = correlationID
        self.createdAt = createdAt
    }
}
