import CPlatform
import Glibc
import Telemetry

/// Tries libraries in a process that may be lost, before any of them is mapped into this one.
///
/// The process is the agent's own executable in a mode of its own (`TrialProgram`). It gets the very bytes that
/// will be mapped, as descriptors, and answers a line for each library. What it cannot find out is no reason to
/// refuse anything.
package struct LibraryTrial: Sendable {
    /// The argument that asks the executable for this mode.
    package static let mode = "__try-library"

    private let executable: String
    /// How long a library may take to be loaded and asked.
    let patience: Duration

    package init(executable: String = "/proc/self/exe", patience: Duration = .seconds(10)) {
        self.executable = executable
        self.patience = patience
    }

    /// Why no verdict could be had at all.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A verdict for each, in their order. Blocks until all are known; the libraries are tried beside each other.
    func run(_ sources: [PluginImage.Source]) throws(Failure) -> [TrialVerdict] {
        var ends: [Int32] = [-1, -1]
        guard platform_pipe(&ends) == 0 else { throw Failure("no pipe", errno) }
        defer { close(ends[0]) }
        let process = spawn(sources, output: ends[1])
        let code = errno
        close(ends[1])
        guard process > 0 else { throw Failure("no process", code) }
        let wait = patience.nanoseconds &+ 5_000_000_000
        let text = Self.read(ends[0], until: MonotonicTime.after(wait))
        kill(process, SIGKILL)
        // Somebody else may reap children as well; then there is nothing to wait for.
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
        let verdicts = Self.verdicts(text, count: sources.count)
        guard verdicts.count == sources.count else {
            throw Failure(description: "the process that tries them gave no answer")
        }
        return verdicts
    }

    private func spawn(_ sources: [PluginImage.Source], output: Int32) -> pid_t {
        // Beyond every descriptor that is copied, so that none is overwritten before its turn.
        let files = sources.compactMap(\.descriptor)
        let first = max(files.max() ?? 0, output) + 1
        var next = first
        var words = [
            "agent", Self.mode, "\(patience.nanoseconds)", "\(Int(first) + files.count)",
        ]
        for source in sources {
            guard source.descriptor != nil else {
                words.append(source.name)
                continue
            }
            words.append("/proc/self/fd/\(next)")
            next += 1
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        return platform_spawn(
            executable, arguments, files, UInt32(files.count), first, output)
    }

    /// Everything up to the end of the pipe or the deadline.
    private static func read(_ file: Int32, until deadline: Int64) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let left = (deadline - MonotonicTime.now) / 1_000_000
            guard left > 0 else { break }
            var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: left))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { break }
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lines, which come as the libraries are done, in the order of the libraries.
    static func verdicts(_ text: String, count: Int) -> [TrialVerdict] {
        var known: [Int: TrialVerdict] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let index = Int(parts[0]),
                let verdict = TrialVerdict(line: parts[1])
            else { continue }
            known[index] = verdict
        }
        return (0..<count).compactMap { known[$0] }
    }
}

extension LibraryTrial.Failure {
    fileprivate init(_ what: String, _ code: Int32) {
        description = "there is \(what) to try them in: \(systemErrorText(code))"
    }
}
