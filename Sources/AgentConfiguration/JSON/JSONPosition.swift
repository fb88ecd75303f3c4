/// Where something stands in a JSON text.
package struct JSONPosition: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package internal(set) var line = 1

    /// Counted from 1, in Unicode scalars, as editors show it.
    package internal(set) var column = 1

    /// Counted from 0, in bytes.
    package internal(set) var offset = 0

    package init() {}

    /// A place in a text that is read in some other way; it has no offset.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`.
    package var description: String { "\(line):\(column)" }

    /// Moves past one byte of UTF-8.
    mutating func advance(past byte: UInt8) {
        offset += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if !UTF8.isContinuation(byte) {
            column += 1
        }
    }
}
