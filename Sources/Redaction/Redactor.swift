package import Telemetry

/// Takes secrets out of what is logged, stored, published or shown.
///
/// What is hidden becomes `[redacted]`; what is longer than the limit ends in `[cut]`. A text without secrets comes back
/// as it is. It errs on the side of hiding.
package struct Redactor: Sendable, MetadataRedactor {
    package static let mark = RedactionMark.text
    package static let cutMark = "[cut]"

    package let settings: RedactionSettings
    private let keys: HiddenKeys
    private let detectors: RedactionSettings.Detector.Flags

    /// All detectors and the usual keys.
    package static let standard = Redactor(RedactionSettings())

    package init(_ settings: RedactionSettings) {
        self.settings = settings
        keys = HiddenKeys(more: settings.keys, shown: settings.shownKeys)
        detectors = RedactionSettings.Detector.Flags(settings.detectors)
    }

    /// Whether what stands under this key is hidden, whatever it is.
    package func hides(key: String) -> Bool { keys.hides(key) }

    /// A text without its secrets.
    package func text(_ text: String) -> String {
        var text = text
        guard let clean = text.withUTF8({ redacted($0) }) else { return text }
        return String(decoding: clean, as: UTF8.self)
    }

    /// A text without its secrets; nil where it has none and is not too long.
    package func redacted(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let isLong = bytes.count > settings.maximumBytes
        let seen =
            isLong ? UnsafeBufferPointer(rebasing: bytes.prefix(settings.maximumBytes)) : bytes
        var scanner = SecretScanner(seen, detectors, keys)
        scanner.scan()
        guard isLong || !scanner.found.isEmpty else { return nil }
        var result = Self.replacing(scanner.found, in: seen)
        if isLong { result += Self.cutMark.utf8 }
        return result
    }

    /// Where its secrets are from `start` on, however long it is; from its beginning.
    func scan(_ bytes: [UInt8], from start: Int) -> SecretScanner.Outcome {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = SecretScanner(
                UnsafeBufferPointer(rebasing: bytes[start...]), detectors, keys)
            scanner.scan()
            let outcome = scanner.outcome
            guard start > 0 else { return outcome }
            return SecretScanner.Outcome(
                found: outcome.found.map { $0.lowerBound + start..<$0.upperBound + start },
                open: outcome.open)
        }
    }

    /// The same for bytes that may be no text.
    package func bytes(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.withUnsafeBufferPointer { redacted($0) }
    }

    // MARK: Structures

    /// What is in a command's words: options and variables whose names hide their values, and what stands in each word.
    /// Nothing is cut off: it says what was run.
    package func arguments(_ words: [String]) -> [String] {
        var result: [String] = []
        var hidesNext = false
        var options: [SecretOptions.Option] = []
        for word in words {
            if hidesNext, !word.hasPrefix("-") {
                result.append(Self.mark)
                hidesNext = false
                continue
            }
            hidesNext = word.hasPrefix("-") && !word.contains("=") && hides(key: word)
            let bytes = Array(word.utf8)
            if let secret = secret(in: bytes, behind: result.last, options) {
                result.append(String(decoding: Self.replacing([secret], in: bytes), as: UTF8.self))
            } else {
                let found = scan(bytes, from: 0).found
                result.append(
                    found.isEmpty
                        ? word : String(decoding: Self.replacing(found, in: bytes), as: UTF8.self))
            }
            options = SecretOptions.options(of: bytes) ?? options
        }
        return result
    }

    /// What a program's option makes a secret of a word.
    private func secret(
        in word: [UInt8], behind last: String?, _ options: [SecretOptions.Option]
    ) -> Range<Int>? {
        guard detectors.assignments else { return nil }
        for option in options {
            let isNext = option.isSpaced && last?.utf8.elementsEqual(option.name) == true
            let isSame =
                option.isJoined && word.count > option.name.count && word.starts(with: option.name)
            guard isNext || isSame else { continue }
            let value = (isNext ? 0 : option.name.count)..<word.count
            return word.withUnsafeBufferPointer { option.secret(in: value, of: $0) }
        }
        return nil
    }

    private static func replacing<Bytes: RandomAccessCollection<UInt8>>(
        _ found: [Range<Int>], in bytes: Bytes
    ) -> [UInt8] where Bytes.Index == Int {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 32)
        var position = 0
        for range in found {
            result += bytes[position..<range.lowerBound]
            result += Self.mark.utf8
            position = range.upperBound
        }
        return result + bytes[position...]
    }

    /// Metadata in which nothing secret is left; what is nested too deep is left out.
    package func metadata(_ metadata: Metadata) -> Metadata { clean(metadata, depth: 0) }

    private func clean(_ metadata: Metadata, depth: Int) -> Metadata {
        var result = Metadata()
        for (key, value) in metadata.pairs {
            result[text(key)] = clean(value, under: key, depth: depth)
        }
        return result
    }

    private func clean(_ value: MetadataValue, under key: String, depth: Int) -> MetadataValue {
        guard value != .null, hides(key: key) else { return clean(value, depth: depth) }
        return .string(Self.mark)
    }

    private func clean(_ value: MetadataValue, depth: Int) -> MetadataValue {
        switch value {
        case .string(let text): return .string(self.text(text))
        case .integer(let number) where detectors.cardNumbers:
            let digits = text("\(number)")
            return digits == Self.mark ? .string(digits) : value
        case .integer, .real, .boolean, .null: return value
        case .object(let inner):
            guard depth < settings.maximumDepth else { return .string("[too deep]") }
            var result: [String: MetadataValue] = [:]
            for (key, value) in inner {
                result[text(key)] = clean(value, under: key, depth: depth + 1)
            }
            return .object(result)
        case .array(let values):
            guard depth < settings.maximumDepth else { return .string("[too deep]") }
            return .array(values.map { clean($0, depth: depth + 1) })
        }
    }
}

extension RedactionSettings.Detector {
    /// The detectors in force, without a look-up for each byte.
    struct Flags: Sendable {
        let tokens, urls, authorization, privateKeys, cardNumbers, assignments: Bool

        init(_ detectors: Set<RedactionSettings.Detector>) {
            tokens = detectors.contains(.tokens)
            urls = detectors.contains(.urls)
            authorization = detectors.contains(.authorization)
            privateKeys = detectors.contains(.privateKeys)
            cardNumbers = detectors.contains(.cardNumbers)
            assignments = detectors.contains(.assignments)
        }
    }
}
