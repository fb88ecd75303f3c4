import CPlatform

/// Hands on what a command writes, until the command is over.
///
/// It is over when its leader has ended. What else holds the pipe open then has a moment to finish and is killed; what
/// it had written by then is still read.
struct OutputPump {
    /// For what a leader has started and not waited for, such as the last part of a shell's `> >(…)`.
    static let drainGrace: Duration = .milliseconds(250)
    /// Reads between two chances for other tasks.
    private static let readsAtOnce = 16

    let loop: ReadinessLoop
    let pipe: OutputPipe
    /// The leader's descriptor, readable once it has ended.
    let leader: Int32
    let process: RunningProcess
    let output: RunOutput

    /// Returns when the leader has ended, is still to be waited for, and its group is dead.
    func run() async {
        var deadline: ContinuousClock.Instant?
        var isWanted = true
        var reads = 0
        reading: while true {
            switch pipe.read() {
            case .end:
                if deadline == nil, platform_is_ready(leader) == 0 {
                    await loop.wait(for: [leader])
                }
                break reading
            case .bytes(let bytes):
                if isWanted { isWanted = await output(bytes) }
                reads += 1
                if reads % Self.readsAtOnce == 0 { await Task.yield() }
            case .nothing:
                let sources = deadline == nil ? [pipe.reading, leader] : [pipe.reading]
                await loop.wait(for: sources, until: deadline)
            }
            if deadline == nil, platform_is_ready(leader) != 0 {
                deadline = .now + Self.drainGrace
            }
            if let deadline, deadline <= .now { break }
        }
        process.killGroup()
        if isWanted { await handOnRest() }
    }

    /// What the pipe holds, and not what is still being written.
    private func handOnRest() async {
        var left = OutputPipe.capacity
        while left > 0, case .bytes(let bytes) = pipe.read() {
            left -= bytes.count
            guard await output(bytes) else { return }
        }
    }
}
