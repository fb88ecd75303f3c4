/// Which keys hide what stands under them.
///
/// A key is read as words: `dbPassword`, `db_password`, `DB-PASSWORD` and `db.password` are all "db password". It hides
/// its value when one of the terms is among its words, one after the other. A term also matches words written together:
/// `apikey` is "api key".
struct HiddenKeys: Sendable {
    private static let usual = [
        "password", "passwd", "pwd", "pass", "passphrase", "passcode", "secret", "secrets",
        "token", "authorization", "auth", "credential", "credentials", "cookie", "api key",
        "private key", "access key", "secret key", "signing key", "encryption key", "client secret",
        "session id", "pgpassword", "mysql pwd", "storepass", "keypass", "account key",
        "amz signature",
    ]
    /// The longest key that is looked at; a longer one is hidden, because nobody knows what it is.
    private static let maximumBytes = 512

    private let terms: [[UInt8]]
    private let shown: Set<String>

    init(more terms: [String], shown: [String]) {
        self.terms = (Self.usual + terms).map { Self.words(Array($0.utf8)[...]) }.filter {
            !$0.isEmpty
        }
        self.shown = Set(shown)
    }

    func hides(_ key: String) -> Bool {
        !shown.contains(key) && hides(Array(key.utf8)[...])
    }

    func hides(_ key: ArraySlice<UInt8>) -> Bool {
        guard key.count <= Self.maximumBytes else { return true }
        let words = Self.words(key)
        guard words.count >= 3 else { return false }
        guard terms.contains(where: { Self.contains(words, $0) }) else { return false }
        return shown.isEmpty || !shown.contains(String(decoding: key, as: UTF8.self))
    }

    // MARK: Words

    private static let gap = UInt8(ascii: " ")

    /// Lower case, words with one space between.
    private static func words(_ key: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(key.count + 4)
        var wasLower = false
        for byte in key {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if wasLower { result.append(gap) }
                result.append(byte | 0x20)
                wasLower = false
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                0x80...:
                result.append(byte)
                wasLower = true
            default:
                if let last = result.last, last != gap { result.append(gap) }
                wasLower = false
            }
        }
        if result.last == gap { result.removeLast() }
        return result
    }

    /// Whether `term` stands in `words` from the start of a word to the end of one, gaps within it not counted.
    private static func contains(_ words: [UInt8], _ term: [UInt8]) -> Bool {
        var start = 0
        while start < words.count {
            if matches(words, from: start, term) { return true }
            guard let next = words[start...].firstIndex(of: gap) else { return false }
            start = next + 1
        }
        return false
    }

    private static func matches(_ words: [UInt8], from start: Int, _ term: [UInt8]) -> Bool {
        var position = start
        for byte in term where byte != gap {
            if position < words.count, words[position] == gap { position += 1 }
            guard position < words.count, words[position] == byte else { return false }
            position += 1
        }
        return position == words.count || words[position] == gap
    }
}
