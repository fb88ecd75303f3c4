import CPlatform
import Glibc
import Synchronization

/// An input that says nothing and stays open, until its end says that the command shall end too.
final class HeldInput: Sendable {
    private let ends: Mutex<(reading: Int32?, writing: Int32?)>
    /// For the command; closed here once it has it.
    let reading: Int32

    init() throws(AdapterFailure) {
        var pair: [Int32] = [-1, -1]
        guard platform_pipe(&pair) == 0 else {
            throw .resources("cannot make a pipe", code: errno)
        }
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

    /// The command reads the end from now on.
    func end() {
        ends.withLock { ends in
            if let writing = ends.writing { close(writing) }
            ends.writing = nil
        }
    }
}
