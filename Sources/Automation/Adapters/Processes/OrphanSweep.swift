import CPlatform
import Glibc

/// Finds what is left of runs, whatever session or process group it has moved to, by the mark in its environment.
package enum OrphanSweep {
    /// One that forks without end may slip through a walk, and through the next; not through this many.
    private static let passes = 50

    /// Kills every process that belongs to one of the runs; returns how many signals that took.
    ///
    /// Reads `/proc/*/environ`, some microseconds for each process of the machine. What has thrown away its
    /// environment is not found, nor what belongs to another user.
    @discardableResult
    package static func kill(runIDs: some Sequence<String>) -> Int {
        kill(runIDs.compactMap(RunMark.init))
    }

    /// How many processes of the runs there are.
    package static func count(runIDs: some Sequence<String>) -> Int {
        walk(runIDs.compactMap { RunMark($0)?.platform }, signal: 0)
    }

    static func kill(_ marks: [RunMark]) -> Int {
        let marks = marks.map(\.platform)
        var sent = 0
        for _ in 0..<passes {
            let found = walk(marks, signal: SIGKILL)
            guard found > 0 else { break }
            sent += found
        }
        return sent
    }

    private static func walk(_ marks: [platform_mark], signal: Int32) -> Int {
        marks.isEmpty ? 0 : max(0, Int(platform_sweep(marks, marks.count, signal)))
    }
}
