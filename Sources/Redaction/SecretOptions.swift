/// Options of well-known programs that take a secret, though nothing in their names says so.
///
/// Source: the manuals of these programs.
enum SecretOptions {
    struct Option: Sendable {
        let name: [UInt8]
        /// Whether the value may stand in the same word, in the next one, or in both places.
        let isJoined: Bool
        let isSpaced: Bool
        /// Whether only what stands behind the first colon is secret: `user:password`.
        let isBehindColon: Bool

        init(_ name: String, joined: Bool, spaced: Bool, behindColon: Bool = false) {
            self.name = Array(name.utf8)
            isJoined = joined
            isSpaced = spaced
            isBehindColon = behindColon
        }

        /// What of a value is secret; nil: nothing.
        func secret(in value: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
            guard isBehindColon else { return value.isEmpty ? nil : value }
            let colon = value.first { bytes[$0] == UInt8(ascii: ":") }
            return colon.flatMap { $0 + 1 < value.upperBound ? $0 + 1..<value.upperBound : nil }
        }
    }

    private static let password = [Option("-p", joined: true, spaced: false)]
    private static let user = [
        Option("-u", joined: true, spaced: true, behindColon: true),
        Option("-U", joined: true, spaced: true, behindColon: true),
        Option("--user", joined: false, spaced: true, behindColon: true),
        Option("--proxy-user", joined: false, spaced: true, behindColon: true),
    ]
    private static let bind = [Option("-w", joined: true, spaced: true)]

    private static let programs: [(name: StaticString, options: [Option])] = [
        ("mysql", password), ("mysqldump", password), ("mysqladmin", password),
        ("mysqlimport", password), ("mysqlshow", password), ("mysqlcheck", password),
        ("mariadb", password), ("mariadb-dump", password), ("mariadb-admin", password),
        ("sshpass", [Option("-p", joined: true, spaced: true)]),
        ("redis-cli", [Option("-a", joined: false, spaced: true)]),
        ("curl", user), ("ldapsearch", bind), ("ldapmodify", bind), ("ldapadd", bind),
        ("ldapdelete", bind), ("ldapwhoami", bind),
        // docker login, podman login, …
        ("login", [Option("-p", joined: false, spaced: true)]),
    ]

    /// How the options begin: what is asked of every word behind a dash.
    static let letters = Array("pauUw-".utf8)

    /// The options of the program that a word names, with or without a path.
    static func options<Word: BidirectionalCollection<UInt8>>(of word: Word) -> [Option]? {
        let slash = word.lastIndex(of: UInt8(ascii: "/"))
        let name = word[(slash.map { word.index(after: $0) } ?? word.startIndex)...]
        return programs.first { program in
            program.name.withUTF8Buffer { name.elementsEqual($0) }
        }?.options
    }
}
