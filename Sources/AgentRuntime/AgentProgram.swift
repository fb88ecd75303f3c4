import ArgumentParser
import Glibc

/// The executable, from its arguments to its exit code.
package enum AgentProgram {
    package static func main() async {
        // A client that goes away is told by an error of the write, not by the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // So is a store that may not grow any further.
        signal(SIGXFSZ, SIG_IGN)
        await AgentCommand.main()
    }
}
