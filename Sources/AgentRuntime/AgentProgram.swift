import ArgumentParser
import CPlatform
import Glibc

/// The executable, from its arguments to its exit code.
package enum AgentProgram {
    package static func main() async {
        // First of all, while there is one thread: the program may go on in another process.
        platform_open_standard_streams()
        platform_leave_init_behind()
        // A client that goes away is told by an error of the write, not by the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // So is a store that may not grow any further.
        signal(SIGXFSZ, SIG_IGN)
        if let want = StartResources.wantOfAnyCommand() {
            StandardError.write("\(want)\n", within: .seconds(5))
            exit(1)
        }
        await AgentCommand.main()
    }
}
