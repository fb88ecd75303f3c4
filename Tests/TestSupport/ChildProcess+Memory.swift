import Glibc

extension ChildProcess {
    /// Bytes of memory that it has written and shares with nobody; nil where the kernel does not say, or it has ended.
    ///
    /// Files that are mapped do not count: whether they are shared depends on who else has them mapped.
    /// Source: proc_pid_smaps(5), smaps_rollup
    package var writtenBytes: Int? {
        guard let file = fopen("/proc/\(processID)/smaps_rollup", "re") else { return nil }
        defer { fclose(file) }
        var kilobytes: Int?
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(
                decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split(separator: " ")
            // What was swapped out was written before.
            guard words.count > 1, ["Private_Dirty:", "Swap:"].contains(words[0]),
                let number = Int(words[1])
            else { continue }
            kilobytes = (kilobytes ?? 0) + number
        }
        return kilobytes.map { $0 * 1024 }
    }
}
