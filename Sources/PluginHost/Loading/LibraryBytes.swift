import Glibc

/// A library file's bytes in memory of their own, given back when done: the heap never grows for them.
struct LibraryBytes: ~Copyable {
    enum Fault: Error, Hashable {
        case empty
        case tooLarge(limit: Int)
        case system(code: Int32)
    }

    private let memory: UnsafeMutableRawBufferPointer

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

    /// Reads the whole of an open file.
    init(reading file: Int32, limit: Int) throws(Fault) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system(code: errno) }
        guard status.st_size > 0 else { throw .empty }
        guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
        let count = Int(status.st_size)
        let start = mmap(
            nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else { throw .system(code: errno) }
        var filled = 0
        while filled < count {
            let got = read(file, start + filled, count - filled)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            filled += got
        }
        // A file that shrinks while it is read is taken as what could be read; its note and hash decide.
        memory = UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    deinit { munmap(memory.baseAddress, memory.count) }

    /// Writes all bytes. 0, or the error.
    borrowing func write(to file: Int32) -> Int32 {
        var written = 0
        while written < memory.count {
            let count = Glibc.write(
                file, memory.baseAddress! + written, memory.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            written += count
        }
        return 0
    }
}
