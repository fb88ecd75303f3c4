import CPlatform
import Glibc
import Subprocess
import SystemPackage

/// Starts processes for runs and sees them through to their end; what every adapter of this machine shares.
///
/// Each run has a session and a process group of its own and carries its mark; the guard knows both.
package final class ProcessRunner: Sendable {
    /// More than all runs that start at this moment need. Without descriptors the library may wait for ever for the
    /// end of a process, so it is not asked to start one.
    private static let spareDescriptors: Int32 = 64

    private let loop: ReadinessLoop
    private let processGuard: ProcessGuard
    private let sweeper: RunSweeper
    private let nothing: EmptyInput

    /// Starts the guard's process and one thread.
    package init() throws(AdapterFailure) {
        nothing = try EmptyInput()
        processGuard = ProcessGuard()
        loop = try ReadinessLoop()
        sweeper = RunSweeper(processGuard)
    }

    deinit { loop.stop() }

    /// The process that ends runs when the agent dies; nil when there is none.
    package var guardProcessID: Int32? { processGuard.processID }

    /// Sweeps up after the last runs and ends the guard. Runs must have ended before.
    package func stop() async {
        await sweeper.sweepWaiting()
        processGuard.stop()
        loop.stop()
    }

    /// Runs a command to its end; a run may have several, one after the other. Canceling the task ends the command, and
    /// then this returns how it ended.
    func run(
        _ launch: ProcessLaunch, runID: String, _ process: RunningProcess,
        output: @escaping RunOutput
    ) async throws(AdapterFailure) -> RunExit {
        guard let mark = RunMark(runID) else {
            throw .invalidCommand("the run's id is not 1 to 63 bytes")
        }
        let program = try ExecutableSearch.find(
            launch.command.first ?? "", along: launch.environment["PATH"] ?? CleanEnvironment.path)
        guard platform_has_descriptors(Self.spareDescriptors) != 0 else {
            throw .resources("cannot start '\(program)'", code: EMFILE)
        }
        let pipe = try OutputPipe()
        await sweeper.sweepBeforeStart(mark)
        // Asked here as well: below, the command might be quicker than the word that it is not wanted.
        guard !Task.isCancelled else { throw .canceledBeforeStart }
        processGuard.add(mark)
        // A task of its own: canceling is a signal to the command, not an end of reading what it still has to say.
        let work = Task {
            await serve(launch, program: program, mark, process, pipe, output)
        }
        let result = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            process.cancel()
        }
        if process.isCanceled {
            await sweeper.sweep(mark)
        } else {
            await sweeper.sweepSoon(mark)
        }
        return try result.get()
    }

    private func serve(
        _ launch: ProcessLaunch, program: String, _ mark: RunMark, _ process: RunningProcess,
        _ pipe: OutputPipe, _ output: @escaping RunOutput
    ) async -> Result<RunExit, AdapterFailure> {
        guard !process.isCanceled else { return .failure(.canceledBeforeStart) }
        var options = PlatformOptions()
        options.createSession = true
        if let user = launch.user, user.userID != geteuid() {
            options.userID = user.userID
            options.groupID = user.groupID
            options.supplementaryGroups = user.groups
        }
        let read = process.inputDescriptor.map(FileDescriptor.init(rawValue:)) ?? nothing.descriptor
        let written = FileDescriptor(rawValue: pipe.writing)
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)),
                arguments: Arguments(
                    executablePathOverride: launch.command.first,
                    remainingValues: Array(launch.command.dropFirst())),
                environment: .custom(launch.environment(mark)),
                workingDirectory: FilePath(launch.workingDirectory), platformOptions: options,
                // None is the library's to close: what it owns and cannot close for want of descriptors ends the agent.
                input: .fileDescriptor(read, closeAfterSpawningProcess: false),
                output: .fileDescriptor(written, closeAfterSpawningProcess: false),
                error: .fileDescriptor(written, closeAfterSpawningProcess: false)
            ) { execution in
                pipe.closeWriting()
                let leader = execution.processIdentifier
                platform_limit_child(leader.value)
                process.started(group: leader.value)
                processGuard.add(mark, group: leader.value)
                await OutputPump(
                    loop: loop, pipe: pipe, leader: leader.processDescriptor, process: process,
                    output: output
                ).run()
                process.ended()
            }
            switch result.terminationStatus {
            case .exited(let code): return .success(.code(code))
            case .signaled(let signal): return .success(.signal(signal))
            }
        } catch {
            process.ended()
            return .failure(.spawning(error, launch, program: program))
        }
    }
}

/// What every command reads: nothing.
private final class EmptyInput: Sendable {
    let descriptor: FileDescriptor

    init() throws(AdapterFailure) {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .resources("cannot open /dev/null", code: errno) }
        descriptor = FileDescriptor(rawValue: number)
    }

    deinit { try? descriptor.close() }
}
