import CPlatform
import Glibc

/// What a start needs of the system, asked before anything depends on it: libraries that do not get a thread or memory end
/// the process, or wait for ever.
enum StartResources {
    /// Threads and address space in bytes.
    private typealias Need = (threads: Int32, memory: Int)

    /// Of a command that asks and ends.
    private static let ofAnyCommand: Need = (4, 64 << 20)
    /// Of an agent with some plugins. Most of the memory is addresses that are never used: stacks, and what the allocator
    /// sets aside for each thread.
    private static let ofAgent: Need = (24, 448 << 20)
    private static let descriptorsOfAnyCommand = 16

    /// A sentence about what is missing for whatever the program is asked to do; nil where there is enough.
    static func wantOfAnyCommand() -> String? {
        let limit = platform_descriptor_limit()
        guard limit == 0 || limit >= descriptorsOfAnyCommand else {
            return "the limit of open files is \(limit), and this program needs at least "
                + "\(descriptorsOfAnyCommand): raise it (ulimit -n, LimitNOFILE=)"
        }
        return want(ofAnyCommand)
    }

    /// The same for running the agent.
    static func wantOfAgent() -> String? { want(ofAgent) }

    private static func want(_ need: Need) -> String? {
        let memory = platform_try_memory(need.memory)
        guard memory == 0 else {
            return "\(need.memory >> 20) MiB of address space are needed to start, and the system "
                + "does not give them (\(reason(memory))): raise the limit (ulimit -v, LimitAS=)"
        }
        let threads = platform_try_threads(need.threads)
        guard threads == 0 else {
            return "\(need.threads) more threads are needed to start, and the system does not give "
                + "them (\(reason(threads))): raise the limit (ulimit -u, TasksMax=, pids.max)"
        }
        return nil
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
