import CAgentPlugin

/// A plugin that looks at something at an interval and emits what it saw.
public protocol PollPlugin: Plugin {
    /// The configuration's `interval` overrides it.
    static var pollInterval: Duration { get }

    /// The configuration's `timeout` overrides it.
    static var pollTimeout: Duration { get }

    /// Looks once and emits through events prepared by ``Host/prepare(_:measurements:metadata:)``. A failure
    /// lengthens the interval until a poll succeeds. [instance]
    func poll(before deadline: Deadline) throws
}

extension PollPlugin {
    public static var pollInterval: Duration { .seconds(10) }
    public static var pollTimeout: Duration { .seconds(5) }

    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_poll_v1(
                    size: UInt32(MemoryLayout<agent_poll_v1>.size), reserved: 0,
                    interval_ns: pollInterval.nanoseconds, timeout_ns: pollTimeout.nanoseconds,
                    poll: { instance, _, _, deadline, error in
                        answering(error) {
                            try Instance.at(instance).poll?.poll(
                                before: Deadline(nanoseconds: deadline))
                            return AGENT_OK
                        }
                    })))
    }
}
