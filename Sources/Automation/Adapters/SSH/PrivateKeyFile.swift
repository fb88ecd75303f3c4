import Glibc

/// A private key as `ssh` would find it.
struct PrivateKeyFile {
    private static let longest = 64 << 10
    /// "openssh-key-v1" and its zero, in base 64.
    private static let openSSH = "b3BlbnNzaC1rZXktdjEA"
    /// What follows where the key has no passphrase: the cipher "none".
    private static let notEncrypted = "AAAABG5vbmU"

    private let path: String

    init(_ path: String) { self.path = path }

    /// Why nobody can be let in with it, as far as can be seen from here; nil where it looks good. Nothing of the key
    /// is in the text.
    var trouble: String? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            return "the key \(path) cannot be read: \(AdapterFailure.systemSentence(errno))"
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else {
            return "the key \(path) cannot be read: \(AdapterFailure.systemSentence(errno))"
        }
        return Self.trouble(of: String(decoding: bytes.prefix(count), as: UTF8.self)).map {
            "the key \(path) \($0)"
        }
    }

    static func trouble(of text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        guard
            let begin = lines.firstIndex(where: {
                $0.hasPrefix("-----BEGIN ") && $0.contains("PRIVATE KEY-----")
            })
        else { return "is no private key" }
        let body = lines[lines.index(after: begin)...].joined()
        let isEncrypted =
            lines[begin].contains("ENCRYPTED") || body.contains("Proc-Type: 4,ENCRYPTED")
            || body.hasPrefix(Self.openSSH)
                && !body.dropFirst(Self.openSSH.count).hasPrefix(Self.notEncrypted)
        return isEncrypted
            ? "has a passphrase, which nobody is there to type; give the agent a key without one"
            : nil
    }
}
