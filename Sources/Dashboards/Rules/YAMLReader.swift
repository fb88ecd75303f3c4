import AgentConfiguration

/// Reads YAML as rule files are written: block mappings and sequences, plain and quoted scalars on
/// one line, and blocks after `|` and `>`.
///
/// Whatever else YAML has is refused with its place, never misread: anchors, tags, collections in
/// braces, plain scalars over several lines, tabs.
///
/// Source: YAML 1.2.2, chapters 7.3 and 8.
struct YAMLReader {
    private static let maximumDepth = 32

    private struct Line {
        let number: Int
        var indent: Int
        var text: Substring
        var isBlank: Bool { text.isEmpty || text.first == "#" }
        var isItem: Bool { text == "-" || text.hasPrefix("- ") }
        var position: JSONPosition { JSONPosition(line: number, column: indent + 1) }
    }

    private var lines: [Line]
    private var index = 0

    static func read(_ text: String) throws(YAMLError) -> YAMLNode {
        var reader = YAMLReader(text)
        reader.skipBlanks()
        if reader.index < reader.lines.count, reader.lines[reader.index].text == "---" {
            reader.index += 1
        }
        let node = try reader.readBlock(deeperThan: -1, depth: 0)
        reader.skipBlanks()
        if reader.index < reader.lines.count {
            throw reader.error("this line belongs to nothing above it")
        }
        return node
    }

    private init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
            let content = $1.drop { $0 == " " }
            let ending = content.hasSuffix("\r") ? content.dropLast() : content
            return Line(number: $0 + 1, indent: $1.count - content.count, text: ending)
        }
    }

    // MARK: Blocks

    private mutating func readBlock(deeperThan parent: Int, depth: Int) throws(YAMLError)
        -> YAMLNode
    {
        skipBlanks()
        guard index < lines.count, lines[index].indent > parent else {
            let position = lines[min(index, lines.count - 1)].position
            return YAMLNode(content: .scalar("", isPlain: true), position: position)
        }
        guard depth < Self.maximumDepth else { throw error("this is nested too deeply") }
        let line = lines[index]
        if line.isItem { return try readSequence(at: line.indent, depth: depth) }
        if try key(of: line) != nil { return try readMapping(at: line.indent, depth: depth) }
        index += 1
        return YAMLNode(content: try scalar(line.text, line), position: line.position)
    }

    private mutating func readSequence(at indent: Int, depth: Int) throws(YAMLError) -> YAMLNode {
        let position = lines[index].position
        var items: [YAMLNode] = []
        while isAt(indent), lines[index].isItem {
            // What follows the dash stands as if it were a line of its own.
            let rest = lines[index].text.dropFirst().drop { $0 == " " }
            let start = indent + lines[index].text.count - rest.count
            if rest.isEmpty || rest.first == "#" {
                index += 1
                items.append(try readBlock(deeperThan: indent, depth: depth + 1))
            } else {
                lines[index].indent = start
                lines[index].text = rest
                items.append(try readBlock(deeperThan: indent, depth: depth + 1))
            }
        }
        return YAMLNode(content: .sequence(items), position: position)
    }

    private mutating func readMapping(at indent: Int, depth: Int) throws(YAMLError) -> YAMLNode {
        let position = lines[index].position
        var members: [(key: String, value: YAMLNode)] = []
        while isAt(indent), !lines[index].isItem, let (key, rest) = try key(of: lines[index]) {
            if members.contains(where: { $0.key == key }) {
                throw error("the key \"\(key)\" is there already")
            }
            members.append((key, try readValue(rest, indent: indent, depth: depth)))
        }
        if index < lines.count, lines[index].indent > indent {
            throw error("this line is indented more than the one it should follow")
        }
        return YAMLNode(content: .mapping(members), position: position)
    }

    private mutating func readValue(
        _ rest: Substring, indent: Int, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        let line = lines[index]
        let column = line.indent + 1 + line.text.count - rest.count
        let position = JSONPosition(line: line.number, column: column)
        index += 1
        if rest.isEmpty || rest.first == "#" {
            // A sequence may stand under its key without being indented.
            if isAt(indent), lines[index].isItem {
                return try readSequence(at: indent, depth: depth + 1)
            }
            return try readBlock(deeperThan: indent, depth: depth + 1)
        }
        if rest.first == "|" || rest.first == ">" {
            let text = try readText(header: rest, deeperThan: indent, line)
            return YAMLNode(content: .scalar(text, isPlain: false), position: position)
        }
        return YAMLNode(content: try scalar(rest, line), position: position)
    }

    /// The lines after `|`, or, joined by blanks, after `>`.
    private mutating func readText(
        header: Substring, deeperThan parent: Int, _ line: Line
    ) throws(YAMLError) -> String {
        guard ["|", "|-", ">", ">-"].contains(header) else {
            throw error("a block begins with |, |-, > or >-, found \"\(header)\"", line)
        }
        var texts: [String] = []
        var indent: Int?
        while index < lines.count, lines[index].text.isEmpty || lines[index].indent > parent {
            let line = lines[index]
            if !line.text.isEmpty, indent == nil { indent = line.indent }
            let extra = line.text.isEmpty ? 0 : line.indent - (indent ?? line.indent)
            guard extra >= 0 else { throw error("this line is indented less than its block") }
            texts.append(String(repeating: " ", count: extra) + line.text)
            index += 1
        }
        while texts.last?.isEmpty == true { texts.removeLast() }
        let text = texts.joined(separator: header.first == "|" ? "\n" : " ")
        return header.hasSuffix("-") ? text : text + "\n"
    }

    // MARK: Keys and scalars

    /// The key of `key: value` and what follows the colon; nil where the line has no key.
    private func key(of line: Line) throws(YAMLError) -> (key: String, rest: Substring)? {
        let text = line.text
        guard let first = text.first, first != "\"", first != "'" else { return nil }
        let colon = text.indices.first { index in
            let next = text.index(after: index)
            return text[index] == ":" && (next == text.endIndex || text[next] == " ")
        }
        guard let colon else { return nil }
        let key = text[..<colon]
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || "_-. /".contains($0) }) else {
            throw error("\"\(key)\" is no key that is read here", line)
        }
        return (String(key), text[text.index(after: colon)...].drop { $0 == " " })
    }

    private func scalar(
        _ text: Substring, _ line: Line
    ) throws(YAMLError) -> YAMLNode.Content {
        switch text.first {
        case "\"", "'":
            var scalar = YAMLQuoted(text)
            guard let value = scalar.read() else {
                throw error("the text in quotes does not end on its line", line)
            }
            guard scalar.rest.isEmpty || scalar.rest.first == "#" else {
                throw error("something follows the text in quotes", line)
            }
            return .scalar(value, isPlain: false)
        case "&", "*", "!", "%", "@", "`", "[", "{", "?", "\t":
            if text == "[]" { return .sequence([]) }
            if text == "{}" { return .mapping([]) }
            throw error("put \"\(text)\" in quotes, or write it as a block", line)
        default:
            let end = text.firstRange(of: " #")?.lowerBound ?? text.endIndex
            guard text.firstRange(of: ": ") == nil else {
                throw error("a text with \": \" in it has to stand in quotes", line)
            }
            let value = String(text[..<end].reversed().drop { $0 == " " }.reversed())
            return .scalar(value, isPlain: true)
        }
    }

    // MARK: The cursor

    private mutating func isAt(_ indent: Int) -> Bool {
        skipBlanks()
        return index < lines.count && lines[index].indent == indent
    }

    private mutating func skipBlanks() {
        while index < lines.count, lines[index].isBlank { index += 1 }
    }

    private func error(_ reason: String, _ line: Line? = nil) -> YAMLError {
        let place = line ?? lines[min(index, lines.count - 1)]
        return YAMLError(position: place.position, reason: reason)
    }
}
