import CAgentPlugin

/// A plugin with threads of its own, in which all signals are masked.
public protocol ServicePlugin: Plugin {
    /// Starts threads and connections and returns at once; what takes time happens in them. [main]
    func start() throws

    /// Stops and joins every thread before the deadline. [main]
    func stop(before deadline: Deadline) throws
}

extension ServicePlugin {
    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_service_v1(
                    size: UInt32(MemoryLayout<agent_service_v1>.size), reserved: 0,
                    start: { instance, error in
                        answering(error) {
                            try Instance.at(instance).service?.start()
                            return AGENT_OK
                        }
                    },
                    stop: { instance, deadline, error in
                        answering(error) {
                            try Instance.at(instance).service?.stop(
                                before: Deadline(nanoseconds: deadline))
                            return AGENT_OK
                        }
                    })))
    }
}
