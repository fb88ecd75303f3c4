import CPlatform
import Glibc
import Telemetry

/// The process in which libraries are tried: a copy of it for each, which loads the library and asks it what it
/// offers. What becomes of the copies is written as lines to a descriptor.
package enum TrialProgram {
    /// How many are tried at once.
    private static let concurrent = 8
    /// What a library may take of memory while it is loaded and asked.
    private static let memory: UInt64 = 1 << 30

    /// Does what the arguments ask for and ends; returns only where they ask for something else.
    ///
    /// To be called before the program has started a thread.
    package static func runIfAsked(_ arguments: [String] = CommandLine.arguments) {
        guard arguments.count >= 4, arguments[1] == LibraryTrial.mode,
            let patience = Int64(arguments[2]), let output = Int32(arguments[3])
        else { return }
        _ = fcntl(output, F_SETFD, FD_CLOEXEC)
        platform_end_with_parent(getppid())
        run(Array(arguments[4...]), patience: patience, output: output)
        _exit(0)
    }

    /// One copy and what it has told so far.
    private struct Attempt {
        let index: Int
        let process: pid_t
        let pipe: Int32
        let deadline: Int64
        var told: [UInt8] = []
        /// It wrote its last, or closed its end.
        var isSilent = false
    }

    private static func run(_ libraries: [String], patience: Int64, output: Int32) {
        var waiting = Array(libraries.enumerated().reversed())
        var attempts: [Attempt] = []
        while !waiting.isEmpty || !attempts.isEmpty {
            while attempts.count < concurrent, let (index, library) = waiting.popLast() {
                if let attempt = begin(index, library, patience, besides: attempts, output) {
                    attempts.append(attempt)
                }
            }
            listen(&attempts)
            attempts.removeAll { attempt in
                guard let verdict = verdict(attempt) else { return false }
                close(attempt.pipe)
                tell(attempt.index, verdict, output)
                return true
            }
        }
    }

    private static func begin(
        _ index: Int, _ library: String, _ patience: Int64, besides others: [Attempt],
        _ output: Int32
    ) -> Attempt? {
        var ends: [Int32] = [-1, -1]
        guard platform_pipe(&ends) == 0 else { return nil }
        let process = platform_throwaway_copy(memory)
        guard process != 0 else {
            close(ends[0])
            close(output)
            for other in others { close(other.pipe) }
            attempt(library, ends[1])
        }
        close(ends[1])
        guard process > 0 else {
            close(ends[0])
            return nil
        }
        return Attempt(
            index: index, process: process, pipe: ends[0],
            deadline: MonotonicTime.after(patience))
    }

    /// Waits until one of them says something or ends, for a moment where one is silent and has not ended yet.
    private static func listen(_ attempts: inout [Attempt]) {
        let now = MonotonicTime.now
        var wait = attempts.map { max($0.deadline - now, 0) / 1_000_000 + 1 }.min() ?? 0
        if attempts.contains(where: \.isSilent) { wait = min(wait, 2) }
        var ready = attempts.map { attempt in
            pollfd(fd: attempt.isSilent ? -1 : attempt.pipe, events: Int16(POLLIN), revents: 0)
        }
        guard poll(&ready, nfds_t(ready.count), Int32(clamping: wait)) > 0 else { return }
        var piece = [UInt8](repeating: 0, count: 4096)
        for index in attempts.indices where ready[index].revents != 0 {
            let count = read(attempts[index].pipe, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, attempts[index].told.count < 1 << 16 else {
                attempts[index].isSilent = true
                continue
            }
            attempts[index].told += piece[..<count]
        }
    }

    /// Nil while nothing can be said yet.
    private static func verdict(_ attempt: Attempt) -> TrialVerdict? {
        var status: Int32 = 0
        let isLate = MonotonicTime.now >= attempt.deadline
        guard attempt.isSilent || isLate else { return nil }
        let ended = waitpid(attempt.process, &status, WNOHANG)
        if ended == 0 {
            guard isLate else { return nil }
            kill(attempt.process, SIGKILL)
            waitpid(attempt.process, &status, 0)
            return .hung(phase(attempt.told))
        }
        if let verdict = TrialMessage.verdict(attempt.told) { return verdict }
        let signal = status & 0x7F
        return signal == 0
            ? .exited(phase(attempt.told), code: (status >> 8) & 0xFF)
            : .crashed(phase(attempt.told), signal: signal)
    }

    private static func phase(_ told: [UInt8]) -> TrialPhase { TrialMessage.phase(told) }

    private static func tell(_ index: Int, _ verdict: TrialVerdict, _ output: Int32) {
        let bytes = Array("\(index) \(verdict.line)\n".utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(output, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { _exit(1) }
            written += count
        }
    }

    // MARK: In the copy

    private static func attempt(_ library: String, _ output: Int32) -> Never {
        let host = HostContext(name: library, log: .silent, clock: .machine)
        let source = PluginImage.Source(name: library, descriptor: nil, origin: .path)
        do throws(PluginRefusal) {
            let image = try PluginImage.map(source, file: library)
            TrialMessage.isLoaded.send(output)
            do throws(PluginRefusal.Reason) {
                // What the note promises is looked at where the library is loaded.
                _ = try PluginAnswers(
                    image, promised: [], host: host,
                    onEntered: { TrialMessage.hasEntered.send(output) })
            } catch {
                throw PluginRefusal(file: library, reason: error)
            }
            TrialMessage.verdict(.good).send(output)
        } catch {
            TrialMessage.verdict(.refused(code: error.code, text: "\(error.reason)")).send(output)
        }
        _exit(0)
    }
}

/// What a copy tells on its pipe: a byte for each phase it has behind it, and at last its verdict.
enum TrialMessage {
    case isLoaded
    case hasEntered
    case verdict(TrialVerdict)

    private static let loaded = UInt8(ascii: "1")
    private static let entered = UInt8(ascii: "2")
    private static let last = UInt8(ascii: ":")

    private var bytes: [UInt8] {
        switch self {
        case .isLoaded: [Self.loaded]
        case .hasEntered: [Self.entered]
        case .verdict(let verdict): [Self.last] + Array(verdict.line.utf8.prefix(2048)) + [0x0A]
        }
    }

    func send(_ output: Int32) {
        let bytes = bytes
        // Less than a pipe takes at once.
        _ = bytes.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
    }

    /// The phase that was not over yet.
    static func phase(_ told: [UInt8]) -> TrialPhase {
        told.contains(entered) ? .describing : told.contains(loaded) ? .entry : .loading
    }

    /// The last word; nil where it was not said in full.
    static func verdict(_ told: [UInt8]) -> TrialVerdict? {
        guard let start = told.firstIndex(of: last), told.last == 0x0A else { return nil }
        return TrialVerdict(line: String(decoding: told[(start + 1)...].dropLast(), as: UTF8.self))
    }
}
