/// Which keys hide what stands under them.
///
/// A key is read as words: `dbPassword`, `db_password`, `DB-PASSWORD` and `db.password` are all "db password". It hides
/// its value when one of the terms is among its words, one after the other. A term also matches words written together:
/// `apikey` is "api key".
final class HiddenKeys: Sendable {
    private static let usual = [
        "password", "passwd", "pwd", "pass", "passphrase", "passcode", "secret", "secrets",
        "token", "authorization", "auth", "credential", "credentials", "cookie", "api key",
        "private key", "access key", "secret key", "signing key", "encryption key", "client secret",
        "session id", "pgpassword", "mysql pwd", "storepass", "keypass", "account key",
        "amz signature",
    ]
    /// The longest key that is looked at; a longer one is hidden, because nobody knows what it is.
    private static let maximumBytes = 512

    /// The terms by their first letters.
    private let terms: [[[UInt8]]]
    private let shown: Set<String>

    init(more terms: [String], shown: [String]) {
        var byLetter = [[[UInt8]]](repeating: [], count: 256)
        for term in Self.usual + terms {
            let words = Self.words(of: Array(term.utf8))
            if let first = words.first { byLetter[Int(first)].append(words) }
        }
        self.terms = byLetter
        self.shown = Set(shown)
    }

    func hides(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { hides($0) }
    }

    func hides(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard key.count <= Self.maximumBytes else { return !isShown(key) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * key.count + 1) { room in
            let words = UnsafeBufferPointer(rebasing: room[..<Self.words(of: key, into: room)])
            return words.count >= 3 && hasTerm(words) && !isShown(key)
        }
    }

    private func isShown(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        !shown.isEmpty && shown.contains(String(decoding: key, as: UTF8.self))
    }

    // MARK: Words

    private static let gap = UInt8(ascii: " ")

    private static func words(of text: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 2 * text.count + 1) { room, count in
            count = text.withUnsafeBufferPointer { words(of: $0, into: room) }
        }
    }

    /// Lower case, words with one space between.
    ///
    /// - Returns: how many bytes they are, at most twice as many as the key has.
    private static func words(
        of key: UnsafeBufferPointer<UInt8>, into room: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var count = 0
        var wasLower = false
        func append(_ byte: UInt8) {
            room[count] = byte
            count += 1
        }
        for byte in key {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if wasLower { append(gap) }
                append(byte | 0x20)
                wasLower = false
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                0x80...:
                append(byte)
                wasLower = true
            default:
                if count > 0, room[count - 1] != gap { append(gap) }
                wasLower = false
            }
        }
        if count > 0, room[count - 1] == gap { count -= 1 }
        return count
    }

    /// Whether a term stands in `words` from the start of a word to the end of one, gaps within it not counted.
    private func hasTerm(_ words: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = 0
        while start < words.count {
            for term in terms[Int(words[start])] where Self.matches(words, from: start, term) {
                return true
            }
            guard let next = words[start...].firstIndex(of: Self.gap) else { return false }
            start = next + 1
        }
        return false
    }

    private static func matches(
        _ words: UnsafeBufferPointer<UInt8>, from start: Int, _ term: [UInt8]
    ) -> Bool {
        var position = start
        for byte in term where byte != gap {
            if position < words.count, words[position] == gap { position += 1 }
            guard position < words.count, words[position] == byte else { return false }
            position += 1
        }
        return position == words.count || words[position] == gap
    }
}
