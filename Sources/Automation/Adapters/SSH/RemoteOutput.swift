import Synchronization

/// Takes the wrapper's words out of what a session says, and hands on the rest.
final class RemoteOutput: Sendable {
    /// What is known of the command.
    enum State: Equatable {
        /// Not heard of; what the other side said instead.
        case unheard(String)
        case running
        case ended(Int32)
    }

    private struct Reader {
        var state = State.unheard("")
        /// What may be the beginning of the wrapper's next word.
        var held: [UInt8] = []
    }

    /// Of what comes before the command's own output, kept for a message.
    private static let noiseLimit = 1024
    private static let longestCode = 3
    private static let mark: UInt8 = 0x1e

    private let begin: [UInt8]
    private let end: [UInt8]
    private let reader = Mutex(Reader())

    init(nonce: String) {
        begin = [Self.mark] + Array("\(nonce)+\n".utf8)
        end = [Self.mark] + Array("\(nonce)=".utf8)
    }

    var state: State { reader.withLock { $0.state } }

    /// Returns the command's own output among the bytes; what follows its end is dropped.
    func take(_ bytes: [UInt8]) -> [UInt8] {
        reader.withLock { reader in
            var bytes = reader.held + bytes
            reader.held = []
            if case .unheard(let noise) = reader.state {
                let (before, word, after) = divide(bytes) { matchBegin($0) }
                switch word {
                case .whole:
                    reader.state = .running
                    bytes = Array(after)
                case .beginning, .none:
                    reader.held = Array(after)
                    let left = max(0, Self.noiseLimit - noise.utf8.count)
                    let more = String(decoding: before.prefix(left), as: UTF8.self)
                    reader.state = .unheard(noise + more)
                    return []
                }
            }
            guard reader.state == .running else { return [] }
            let (before, word, after) = divide(bytes) { matchEnd($0) }
            switch word {
            case .whole(let code): reader.state = .ended(code)
            case .beginning, .none: reader.held = Array(after)
            }
            return Array(before)
        }
    }

    /// What was held back and turned out to be output, once no more comes.
    func rest() -> [UInt8] {
        reader.withLock { reader in
            defer { reader.held = [] }
            return reader.state == .running ? reader.held : []
        }
    }

    private enum Word {
        case none
        /// Of which more may follow.
        case beginning
        /// With the code in it.
        case whole(Int32)
    }

    /// What comes before the first word, and after it; of one that has only begun, "after" begins with it.
    private func divide(_ bytes: [UInt8], _ match: (ArraySlice<UInt8>) -> (Word, size: Int))
        -> (before: ArraySlice<UInt8>, Word, after: ArraySlice<UInt8>)
    {
        var at = bytes.startIndex
        while let found = bytes[at...].firstIndex(of: Self.mark) {
            let (word, size) = match(bytes[found...])
            if case .none = word {
                at = found + 1
            } else {
                return (bytes[..<found], word, bytes[(found + size)...])
            }
        }
        return (bytes[...], .none, [])
    }

    private func matchBegin(_ bytes: ArraySlice<UInt8>) -> (Word, size: Int) {
        if bytes.starts(with: begin) { return (.whole(0), begin.count) }
        return (begin.starts(with: bytes) ? .beginning : .none, 0)
    }

    private func matchEnd(_ bytes: ArraySlice<UInt8>) -> (Word, size: Int) {
        guard bytes.starts(with: end) else {
            return (end.starts(with: bytes) ? .beginning : .none, 0)
        }
        let rest = bytes.dropFirst(end.count)
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.count <= Self.longestCode else { return (.none, 0) }
        guard rest.count > digits.count else { return (.beginning, 0) }
        guard rest[digits.endIndex] == UInt8(ascii: "\n"),
            let code = Int32(String(decoding: digits, as: UTF8.self))
        else { return (.none, 0) }
        return (.whole(code), end.count + digits.count + 1)
    }
}
