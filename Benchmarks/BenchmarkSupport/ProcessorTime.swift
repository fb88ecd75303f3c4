import Glibc

/// Time spent on a processor, in nanoseconds: not waiting, and not other processes' work.
package enum ProcessorTime {
    /// All threads of the process together.
    package static var now: Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

    /// The calling thread alone.
    package static var ofThread: Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
