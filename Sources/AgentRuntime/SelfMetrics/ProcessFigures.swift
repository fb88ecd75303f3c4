import CPlatform
import Glibc

/// What the kernel knows of this process now.
struct ProcessFigures: Sendable, Equatable {
    /// User and system time since the start, nanoseconds.
    var cpuTime: Int64 = 0
    var residentBytes: Int64 = 0
    var virtualBytes: Int64 = 0
    var openFiles: Int64 = 0
    /// The limit of open files.
    var maximumFiles: Int64 = 0
    var threads: Int64 = 0

    /// Reads them; what cannot be read is 0.
    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        figures.cpuTime = platform_process_time()

        let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
        let pages = text(of: "/proc/self/statm").split(separator: " ").prefix(2).compactMap {
            Int64($0)
        }
        if pages.count == 2 {
            figures.virtualBytes = pages[0] &* page
            figures.residentBytes = pages[1] &* page
        }
        figures.openFiles = entries(of: "/proc/self/fd")
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.maximumFiles = Int64(clamping: limit.rlim_cur)
        }
        figures.threads = statField(20) ?? 0
        return figures
    }

    /// When the process started, milliseconds since 1970.
    static func startTime() -> Int64 {
        let boot = text(of: "/proc/stat").split(separator: "\n")
            .first { $0.hasPrefix("btime ") }
            .flatMap { Int64($0.dropFirst(6)) }
        guard let boot, let ticks = statField(22) else { return 0 }
        return boot &* 1000 &+ ticks &* 1000 / max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// A field of /proc/self/stat, counted from 1 as in proc(5), from the third on.
    private static func statField(_ number: Int) -> Int64? {
        let stat = text(of: "/proc/self/stat")
        // The second field is the program's name in brackets, which may contain anything.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return number - 3 < fields.count ? Int64(fields[number - 3]) : nil
    }

    private static func text(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var all: [UInt8] = []
        while all.count < 1 << 20 {
            let piece = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { break }
            all += piece
        }
        return String(decoding: all, as: UTF8.self)
    }

    private static func entries(of path: String) -> Int64 {
        guard let directory = opendir(path) else { return 0 }
        defer { closedir(directory) }
        var count: Int64 = 0
        while readdir(directory) != nil { count += 1 }
        // Neither ".", ".." nor the descriptor that this took.
        return max(0, count - 3)
    }
}
