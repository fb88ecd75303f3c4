/// What one instance may use of the host.
final class InstanceServices: Sendable {}
