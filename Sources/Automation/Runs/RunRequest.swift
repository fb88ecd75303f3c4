package import Repo

/// What somebody asks to be run.
package struct RunRequest: Sendable {
    /// The new run's id; `nil` for one that is made up.
    package var id: RunID?
    package var deviceID: String
    package var command: CommandText
    /// Who asks, in a word for events, the store and the audit log: `api`, `cli`, `schedule:uptime`.
    package var requestedBy: String
    /// How long the command may take; `nil` for what the device says.
    package var timeout: Duration?
    /// How long to wait for the quota; `nil` to be refused at once when there is no room.
    package var wait: Duration?
    /// The place in line that it waits at, where it was turned away before.
    package var place: QuotaPlace?
    package var correlationID: String?

    package init(
        deviceID: String, command: CommandText, requestedBy: String, timeout: Duration? = nil,
        wait: Duration? = nil, correlationID: String? = nil
    ) {
        self.deviceID = deviceID
        self.command = command
        self.requestedBy = requestedBy
        self.timeout = timeout
        self.wait = wait
        self.correlationID = correlationID
    }
}
