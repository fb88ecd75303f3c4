import Foundation
import TestSupport

/// Texts with secrets in them, made from `Tests/Fixtures/secrets/corpus.txt` and from parts, so that the repository holds
/// no secret, nor anything that looks like one.
struct SecretCorpus {
    struct Row: Sendable {
        let text: String
        /// What of it may be found nowhere.
        let secrets: [String]
        /// Stands beside it, and has to be found.
        let neighbour: String

        var isOneLine: Bool { !text.contains("\n") }
    }

    private(set) var rows: [Row] = []
    /// Secrets beyond those of the rows.
    private(set) var further: [String] = []
    private var numbers = SystemRandomNumberGenerator()

    init() throws {
        let file = "\(repositoryRoot)/Tests/Fixtures/secrets/corpus.txt"
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        for line in lines where !line.hasPrefix("#") {
            var secrets: [String] = []
            let text = fill(String(line).replacing("\\n", with: "\n"), &secrets)
            rows.append(
                Row(text: text, secrets: secrets, neighbour: "neighbour-\(rows.count)-stays"))
        }
    }

    var secrets: [String] { rows.flatMap(\.secrets) + further }

    /// A secret that nothing in its looks gives away.
    mutating func word() -> String {
        var secrets: [String] = []
        let word = word(16, &secrets)
        further += secrets
        return word
    }

    // MARK: Making

    private mutating func fill(_ template: String, _ secrets: inout [String]) -> String {
        var text = ""
        var rest = template[...]
        while let begin = rest.firstIndex(of: "<"), let end = rest[begin...].firstIndex(of: ">") {
            text += rest[..<begin]
            let name = rest[rest.index(after: begin)..<end].split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            text += make(name[0], name.count > 1 ? String(name[1]) : "", &secrets)
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }

    private mutating func make(
        _ kind: Substring, _ detail: String, _ secrets: inout [String]
    ) -> String {
        switch kind {
        case "word": return detail + word(16, &secrets)
        case "words": return word(16, &secrets) + " " + word(16, &secrets)
        case "token": return detail.replacing("|", with: "") + word(24, &secrets)
        case "jwt":
            let parts = (0..<3).map { _ in word(24, &secrets) }
            return ["ey", "J"].joined() + parts.joined(separator: ".")
        case "aws": return ["AK", "IA"].joined() + word(16, &secrets).uppercased(&secrets)
        case "basic":
            let text = Data("me:\(word(16, &secrets))".utf8).base64EncodedString()
            secrets += [String(text.prefix(12)), String(text.dropFirst(12))]
            return text
        case "card":
            let groups = card()
            let text = groups.joined(separator: detail)
            secrets.append(text)
            return text
        case "pem", "pemline":
            let lines = (0..<2).map { _ in word(48, &secrets) }
            let block =
                ["-----BEGIN \(detail)-----"] + lines + ["-----END \(detail)-----"]
            return block.joined(separator: kind == "pem" ? "\n" : "\\n")
        default: preconditionFailure("the corpus has <\(kind)>, which nobody makes")
        }
    }

    /// Random letters and digits. Both halves of it are searched for: a part that is left shows as well.
    private mutating func word(_ count: Int, _ secrets: inout [String]) -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789")
        let word = String((0..<count).map { _ in letters.randomElement(using: &numbers) ?? "a" })
        secrets += [String(word.prefix(count / 2)), String(word.suffix(count / 2))]
        return word
    }

    /// A number that no bank gave out: 4, fourteen digits and the check digit, in groups of four.
    private mutating func card() -> [String] {
        var digits = [4] + (0..<14).map { _ in Int.random(in: 0...9, using: &numbers) }
        let sum = digits.enumerated().reduce(0) { sum, digit in
            let value = digit.element * (digit.offset % 2 == 0 ? 2 : 1)
            return sum + (value > 9 ? value - 9 : value)
        }
        digits.append((10 - sum % 10) % 10)
        return stride(from: 0, to: 16, by: 4).map { start in
            digits[start..<start + 4].map(String.init).joined()
        }
    }
}

extension String {
    /// In upper case, as the secrets then are to be searched for too.
    fileprivate func uppercased(_ secrets: inout [String]) -> String {
        secrets += [String(prefix(count / 2)), String(suffix(count / 2))].map { $0.uppercased() }
        return uppercased()
    }
}
