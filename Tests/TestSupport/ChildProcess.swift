import CTestSupport
import Foundation
import Glibc
import Synchronization

/// A child process whose output is kept, and which does not outlive its owner.
///
/// It starts with default signal handling, without this process's open files, and with an input
/// that ends after the bytes given.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Exit: Equatable, Sendable {
        case code(Int32)
        case signal(Int32)
    }

    /// Where a process says something.
    package enum Stream: Sendable {
        case output
        case errors
    }

    /// A process that ended, with all that it said.
    package struct Outcome: Sendable {
        package let exit: Exit
        package let outputBytes: [UInt8]
        package let errors: String
        package var output: String { String(decoding: outputBytes, as: UTF8.self) }
    }

    /// The process ended before it said what was waited for.
    package struct EndedEarly: Error, CustomStringConvertible {
        package let description: String
    }

    package let command: String
    package let processID: Int32
    private let outputFile: MemoryFile
    private let errorFile: MemoryFile
    private let exit = Mutex<Exit?>(nil)

    /// Starts a program, found on the `PATH` when its name has no slash.
    ///
    /// - Parameters:
    ///   - environment: Added to this process's own; an empty value removes a name.
    ///   - directory: Where it runs; this process's own when nil.
    ///   - terminal: What it reads and writes instead; only its errors are kept then.
    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        directory: String? = nil,
        input: [UInt8] = [],
        terminal: PseudoTerminal? = nil
    ) throws {
        command = ([program] + arguments).joined(separator: " ")
        var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        for (name, value) in environment where value.isEmpty { variables[name] = nil }
        let inputFile = try MemoryFile(input)
        outputFile = try MemoryFile()
        errorFile = try MemoryFile()

        let argumentVector = ([program] + arguments).map { strdup($0) } + [nil]
        let environmentVector = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for string in argumentVector + environmentVector { free(string) } }
        var processID: Int32 = 0
        let code = test_spawn(
            &processID, program, argumentVector, environmentVector, directory,
            [
                terminal?.device ?? inputFile.descriptor,
                terminal?.device ?? outputFile.descriptor, errorFile.descriptor,
            ])
        guard code == 0 else { throw SystemCallFailed("cannot start \(program)", code: code) }
        self.processID = processID
    }

    deinit {
        guard exit.withLock({ $0 == nil }) else { return }
        kill(processID, SIGKILL)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        directory: String? = nil,
        input: [UInt8] = [],
        deadline: Duration = .seconds(300)
    ) async throws -> Outcome {
        let child = try ChildProcess(
            program, arguments, environment: environment, directory: directory, input: input)
        let exit = try await child.wait(deadline: deadline)
        return Outcome(exit: exit, outputBytes: child.bytes(.output), errors: child.errors)
    }

    /// What it wrote to standard output so far.
    package var output: String { String(decoding: bytes(.output), as: UTF8.self) }

    /// What it wrote to standard error so far.
    package var errors: String { String(decoding: bytes(.errors), as: UTF8.self) }

    /// What it wrote so far, as it wrote it.
    package func bytes(_ stream: Stream) -> [UInt8] {
        switch stream {
        case .output: outputFile.bytes
        case .errors: errorFile.bytes
        }
    }

    /// How it ended; nil while it runs.
    package var ended: Exit? {
        exit.withLock { exit in
            if exit == nil {
                var status: Int32 = 0
                if waitpid(processID, &status, WNOHANG) == processID {
                    let signal = status & 0x7f
                    exit = signal == 0 ? .code(status >> 8 & 0xff) : .signal(signal)
                }
            }
            return exit
        }
    }

    /// Sends a signal; does nothing once the process has ended.
    package func signal(_ number: Int32) {
        exit.withLock { if $0 == nil { _ = kill(processID, number) } }
    }

    /// Asks it to end, as a service manager would.
    package func terminate() { signal(SIGTERM) }

    /// Waits for its end.
    @discardableResult
    package func wait(deadline: Duration = .seconds(180)) async throws -> Exit {
        do {
            return try await waitFor("'\(command)' to end", deadline: deadline) { ended }
        } catch let late as DeadlinePassed {
            throw DeadlinePassed(awaited: late.awaited, deadline: deadline, seen: output + errors)
        }
    }

    /// Waits until it has said a whole line with this text in it, and returns that line.
    package func waitForLine(
        containing text: String, in stream: Stream = .errors, deadline: Duration = .seconds(180)
    ) async throws -> String {
        try await waitForLine(text, in: stream, deadline: deadline) { $0.contains(text) }
    }

    /// Waits until it has said this and nothing else in a line.
    package func waitForLine(
        _ text: String, in stream: Stream = .errors, deadline: Duration = .seconds(180)
    ) async throws {
        _ = try await waitForLine(text, in: stream, deadline: deadline) { $0 == text }
    }

    private func waitForLine(
        _ text: String, in stream: Stream, deadline: Duration, where fits: (Substring) -> Bool
    ) async throws -> String {
        do {
            return try await waitFor("'\(text)' from '\(command)'", deadline: deadline) {
                // Looked at first: what it said before it ended is then all there.
                let ended = ended
                let said = String(decoding: bytes(stream), as: UTF8.self)
                let lines = said.split(separator: "\n", omittingEmptySubsequences: false)
                // Of a process that still runs, the last line may be half of one.
                let whole = ended == nil ? lines.dropLast() : lines[...]
                if let line = whole.first(where: fits) {
                    return String(line)
                }
                guard let ended else { return nil }
                throw EndedEarly(
                    description: "'\(command)' ended with \(ended) without saying '\(text)':\n"
                        + output + errors)
            }
        } catch let late as DeadlinePassed {
            throw DeadlinePassed(awaited: late.awaited, deadline: deadline, seen: output + errors)
        }
    }
}
