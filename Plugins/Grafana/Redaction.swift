import PluginKit

/// Takes secrets out of what others say: a server may repeat in its message what it was sent.
struct Redaction: Sendable {
    private let secrets: [String]

    init(_ secrets: [String]) {
        // One letter of a text is no secret, and replacing it would spoil every sentence.
        self.secrets = secrets.filter { $0.utf8.count >= 4 }.sorted {
            $0.utf8.count > $1.utf8.count
        }
    }

    func callAsFunction(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replacing(Array(secret.utf8), in: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replacing(_ secret: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.starts(with: secret) {
                result += Array("(secret)".utf8)
                rest = rest.dropFirst(secret.count)
            } else if let byte = rest.popFirst() {
                result.append(byte)
            }
        }
        return result
    }
}
