import CPlatform
import Glibc
import Synchronization

/// An input that says what it is given and stays open, until its end says that the command shall end too.
final class HeldInput: Sendable {
    private let ends: Mutex<(reading: Int32?, writing: Int32?)>
    /// For the command; closed here once it has it.
    let reading: Int32

    init() throws(AdapterFailure) {
        var pair: [Int32] = [-1, -1]
        guard platform_pipe(&pair) == 0 else {
            throw .resources("cannot make a pipe", code: errno)
        }
        // Whoever writes must not be held up by a command that does not read.
        _ = fcntl(pair[1], F_SETFL, O_NONBLOCK)
        reading = pair[0]
        ends = Mutex((pair[0], pair[1]))
    }

    deinit {
        closeReading()
        end()
    }

    func closeReading() {
        ends.withLock { ends in
            if let reading = ends.reading { close(reading) }
            ends.reading = nil
        }
    }

    /// Has the command read these bytes, as fast as it takes them; fewer where the input ends meanwhile.
    func write(_ bytes: [UInt8]) async {
        var written = 0
        while written < bytes.count {
            let count = ends.withLock { ends -> Int? in
                guard let writing = ends.writing else { return nil }
                let count = bytes[written...].withUnsafeBytes {
                    Glibc.write(writing, $0.baseAddress, $0.count)
                }
                guard count < 0 else { return count }
                return errno == EAGAIN || errno == EINTR ? 0 : nil
            }
            guard let count else { return }
            written += count
            if count == 0 { try? await Task.sleep(for: .milliseconds(2)) }
        }
    }

    /// The command reads the end from now on.
    func end() {
        ends.withLock { ends in
            if let writing = ends.writing { close(writing) }
            ends.writing = nil
        }
    }
}
