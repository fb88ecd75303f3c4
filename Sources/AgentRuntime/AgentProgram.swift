import ArgumentParser
import CPlatform
import Glibc
import PluginHost
import Synchronization

/// The executable, from its arguments to its exit code.
package enum AgentProgram {
    private static let isMain = Atomic<Bool>(false)

    /// Where plugins are tried before they are loaded: in another process of this executable. Nil where the agent is
    /// only a part of some other program.
    static var trial: LibraryTrial? {
        isMain.load(ordering: .relaxed) ? LibraryTrial() : nil
    }

    /// Is the process in which plugins are tried, where the arguments ask for that; else returns at once.
    package static func serveTrialIfAsked() { TrialProgram.runIfAsked() }

    package static func main() async {
        // First of all, while there is one thread: the program may go on in another process.
        platform_open_standard_streams()
        platform_leave_init_behind()
        isMain.store(true, ordering: .relaxed)
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
