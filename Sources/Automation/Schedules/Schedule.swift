/// A run that repeats.
package struct Schedule: Sendable, Equatable {
    /// Unique.
    package let name: String
    package let deviceID: String
    package let command: CommandText
    /// From one begin to the next.
    package let every: Duration
    /// Each begin is up to this much later, by chance; at most as long as `every`.
    package let jitter: Duration
    package let timeout: Duration?
    /// How long a run may wait for the quota; `nil` for as long as `every`.
    package let wait: Duration?

    package init(
        name: String, deviceID: String, command: CommandText, every: Duration,
        jitter: Duration = .zero, timeout: Duration? = nil, wait: Duration? = nil
    ) {
        self.name = name
        self.deviceID = deviceID
        self.command = command
        self.every = every
        self.jitter = jitter
        self.timeout = timeout
        self.wait = wait
    }
}
