/// Rows of cells as aligned text.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []
    private static let gap = 2
    /// What a column is not narrowed below: its cells would be all height.
    private static let narrowest = 16

    init(_ header: [String]) { self.header = header }

    mutating func append(_ cells: [String]) { rows.append(cells) }

    /// - Parameter width: what a line may take, cells being broken into several lines to keep to it; where
    ///   the columns do not fit side by side all the same, each row becomes a paragraph. Nil for one
    ///   line a row.
    func text(width: Int?) -> String {
        let widths = columnWidths(limit: width)
        if let width, Self.total(widths) > width { return paragraphs(width) }
        return ([header.map { $0.uppercased() }] + rows).map { line($0, widths) }.joined()
    }

    private static func total(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + gap * (widths.count - 1)
    }

    // MARK: Columns

    /// Narrows the widest columns until all of them fit, but none below its longest word.
    private func columnWidths(limit: Int?) -> [Int] {
        let all = [header] + rows
        var widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        guard let limit else { return widths }
        let least = header.indices.map { column in
            let words = all.flatMap { $0[column].split(separator: " ").map(\.count) }
            return max(words.max() ?? 0, min(Self.narrowest, widths[column]))
        }
        var excess = Self.total(widths) - limit
        while excess > 0 {
            let reducible = widths.indices.filter { widths[$0] > least[$0] }
            guard let widest = reducible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let wrapped = zip(cells, widths).map { Self.wrapped($0, width: $1) }
        var text = ""
        for index in 0..<(wrapped.map(\.count).max() ?? 0) {
            var line = ""
            for (column, parts) in wrapped.enumerated() {
                let part = index < parts.count ? parts[index] : ""
                line += part
                guard column < widths.count - 1 else { continue }
                line += Self.blanks(widths[column] - part.count + Self.gap)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    // MARK: Paragraphs

    /// Each row with its first cell as heading, and the others that say something beneath it.
    private func paragraphs(_ width: Int) -> String {
        let margin = Self.gap + (header.dropFirst().map(\.count).max() ?? 0) + Self.gap
        let texts = rows.map { cells in
            var text = "\(cells[0])\n"
            for (title, cell) in zip(header, cells).dropFirst() where cell != "-" && !cell.isEmpty {
                let parts = Self.wrapped(cell, width: width - margin)
                for (index, part) in parts.enumerated() {
                    let name = Self.blanks(Self.gap) + (index == 0 ? title : "")
                    text += name + Self.blanks(margin - name.count) + part + "\n"
                }
            }
            return text
        }
        return texts.joined(separator: "\n")
    }

    private static func blanks(_ count: Int) -> String {
        String(repeating: " ", count: max(0, count))
    }

    private static func wrapped(_ cell: String, width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in cell.split(separator: " ") {
            if !current.isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = ""
            }
            current += current.isEmpty ? String(word) : " \(word)"
        }
        return lines + [current]
    }
}
