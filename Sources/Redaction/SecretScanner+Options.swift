/// Options whose names say nothing of a secret.
extension SecretScanner {
    /// `mysql -pPASSWORD`, `curl -u user:password`: the secret behind an option that does not look like one.
    func programOption(at index: Int) -> Range<Int>? {
        guard detectors.assignments, index > 0, bytes[index - 1] <= 0x20,
            index + 1 < bytes.count, SecretOptions.letters.contains(bytes[index + 1])
        else { return nil }
        let before = bytes[max(0, index - 512)..<index]
        let start = before.lastIndex { Self.separators.contains($0) }.map { $0 + 1 }
        let words = before[(start ?? before.startIndex)...].split { byte in
            ByteClass.table[Int(byte)] != .word && byte != UInt8(ascii: "/")
                && byte != UInt8(ascii: "-")
        }
        for word in words.reversed() {
            if let options = SecretOptions.options(of: word) {
                return value(of: options, at: index)
            }
        }
        return nil
    }

    /// Between commands.
    private static let separators = Array(";|&\n".utf8)

    private func value(of options: [SecretOptions.Option], at index: Int) -> Range<Int>? {
        let word = text(from: index).prefix { $0 > 0x20 }
        for option in options where word.starts(with: option.name) {
            var start = index + option.name.count
            if start == word.endIndex {
                guard option.isSpaced else { continue }
                start += text(from: start).prefix { $0 == 0x20 || $0 == 0x09 }.count
            } else if !option.isJoined {
                continue
            }
            guard let value = value(from: start) else { continue }
            return option.secret(in: value, of: bytes)
        }
        return nil
    }
}
