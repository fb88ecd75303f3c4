import Glibc
import Synchronization

/// One connection, held by a process of its own, that sessions share.
final class SSHConnection: Sendable {
    enum State {
        case connecting
        case standing
        /// With what `ssh` said about it.
        case gone(AdapterFailure)
    }

    /// For `ssh` to give up by itself and to say why.
    private static let lastWords: Duration = .seconds(1)
    private static let lookPause: Duration = .milliseconds(5)

    let endpoint: SSHEndpoint
    let socket: String
    private let state = Mutex(State.connecting)
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Connects.
    init(
        _ endpoint: SSHEndpoint, socket: String, program: String, _ processes: ProcessRunner
    ) throws(AdapterFailure) {
        self.endpoint = endpoint
        self.socket = socket
        let command =
            [program] + (try SSHOptions.connection(endpoint, socket: socket))
            + (try SSHDestination(endpoint)).arguments
        let launch = try ProcessLaunch(command: command)
        task.withLock { $0 = Task { await serve(launch, processes) } }
    }

    var isGone: Bool {
        if case .gone = state.withLock({ $0 }) { true } else { false }
    }

    /// Why it has gone; nil while it has not.
    var failure: AdapterFailure? {
        if case .gone(let failure) = state.withLock({ $0 }) { failure } else { nil }
    }

    /// Returns once sessions can be opened.
    func stand() async throws(AdapterFailure) {
        let deadline = ContinuousClock.now + endpoint.connectTimeout + Self.lastWords
        while true {
            switch state.withLock({ $0 }) {
            case .standing: return
            case .gone(let failure): throw failure
            case .connecting: break
            }
            // `ssh` makes its socket when the user has been let in.
            var status = stat()
            if lstat(socket, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK {
                state.withLock { if case .connecting = $0 { $0 = .standing } }
                continue
            }
            guard ContinuousClock.now < deadline else {
                state.withLock { $0 = .gone(SSHFailure.late(endpoint)) }
                close()
                continue
            }
            do { try await Task.sleep(for: Self.lookPause) } catch { throw .canceledBeforeStart }
        }
    }

    /// Ends it, and every session over it.
    func close() { task.withLock { $0 }?.cancel() }

    /// Returns when its process has ended.
    func finish() async {
        close()
        await task.withLock { $0 }?.value
    }

    private func serve(_ launch: ProcessLaunch, _ processes: ProcessRunner) async {
        let said = Mutex("")
        var failure: AdapterFailure?
        do throws(AdapterFailure) {
            _ = try await processes.run(
                launch, runID: "ssh-\(UInt64.random(in: 0 ... .max))",
                RunningProcess(killGrace: .seconds(1))
            ) { bytes in
                said.withLock { said in
                    if said.utf8.count < 4096 { said += String(decoding: bytes, as: UTF8.self) }
                }
                return true
            }
        } catch {
            failure = error
        }
        unlink(socket)
        let words = said.withLock { $0 }
        state.withLock { state in
            switch state {
            case .connecting: state = .gone(failure ?? SSHFailure.connecting(words, endpoint))
            case .standing: state = .gone(failure ?? SSHFailure.lost(words, endpoint))
            case .gone: break
            }
        }
    }
}
