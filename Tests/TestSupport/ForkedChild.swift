import CTestSupport
import Glibc

/// A copy of this process that does nothing, and holds a copy of each of its descriptors: as any child is between fork
/// and exec. It ends with this process, or when it is dropped.
///
/// In a test process that runs other tests, it would keep their files and sockets open as well: give it one of its own.
package final class ForkedChild: Sendable {
    private let processID: pid_t

    package init() throws {
        processID = test_fork()
        guard processID > 0 else { throw SystemCallFailed("cannot fork", code: errno) }
    }

    deinit {
        kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
    }
}
