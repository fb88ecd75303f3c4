/// Why a text is not PromQL, and where.
package struct PromQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes of the expression, from 0.
    package let range: Range<Int>
    package let reason: String

    package init(_ reason: String, at range: Range<Int>) {
        self.range = range
        self.reason = reason
    }

    package var description: String { reason }
}

/// Where something stands in an expression.
package struct ExpressionPlace: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in Unicode scalars.
    package let column: Int

    /// - Parameter offset: in bytes, from 0.
    package init(offset: Int, in text: String) {
        let before = text.utf8.prefix(offset)
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { text.utf8.index(after: $0) }
        let ownLine = before[(start ?? before.startIndex)...]
        column = 1 + ownLine.count { !UTF8.isContinuation($0) }
    }

    /// `column 5`, or `line 2, column 5`.
    package var description: String {
        line == 1 ? "column \(column)" : "line \(line), column \(column)"
    }
}
