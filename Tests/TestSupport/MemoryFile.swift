import CTestSupport
import Glibc

/// A file without a name, for a child process to read its input from or to write its output to.
///
/// Better here than a pipe: it never fills up, needs no thread at its other end, and can be read
/// while the child still writes.
final class MemoryFile: Sendable {
    let descriptor: Int32

    init(_ contents: [UInt8] = []) throws {
        descriptor = test_memory_file()
        guard descriptor >= 0 else { throw SystemCallFailed("memfd_create") }
        // The position stays at the start, where the reader begins.
        var written = 0
        while written < contents.count {
            let count = contents[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(written))
            }
            guard count > 0 else { throw SystemCallFailed("pwrite") }
            written += count
        }
        // Without it two writers at once may both write at the same place: the system keeps the position of other files
        // apart for each write, but not of these.
        guard fcntl(descriptor, F_SETFL, O_APPEND) == 0 else { throw SystemCallFailed("fcntl") }
    }

    deinit { close(descriptor) }

    /// All that was written so far.
    var bytes: [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count,
                    off_t(count))
                guard got > 0 else { return }
                count += got
            }
        }
    }
}
