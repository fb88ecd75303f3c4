import Glibc

/// Memory of this process.
package enum ProcessMemory {
    /// What no other process shares, by /proc/self/smaps_rollup.
    package static var privateBytes: Int {
        guard let file = fopen("/proc/self/smaps_rollup", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        var kilobytes = 0
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(
                decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
            )
            .split(separator: " ")
            guard words.count > 1, words[0].hasPrefix("Private_") else { continue }
            kilobytes += Int(words[1]) ?? 0
        }
        return kilobytes * 1024
    }
}
