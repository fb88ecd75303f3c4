import PluginKit

/// Reads labels as the host renders them, `site="chi1",status="ok"`, without copying: a name, then the pieces of its
/// value, between which an escape stood.
///
/// Text of another form ends the reading early.
struct RenderedLabels {
    private let text: UnsafeRawBufferPointer
    private var index = 0
    /// Inside a value.
    private var isOpen = false

    init(_ text: TextView) {
        self.text = text.bytes
    }

    /// The next label's name; what is left of the value before it is passed over.
    mutating func nextName() -> UnsafeRawBufferPointer? {
        while nextPiece() != nil {}
        if index > 0 {
            guard index < text.count, text[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
        let start = index
        while index < text.count, text[index] != UInt8(ascii: "=") { index += 1 }
        guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "\"") else {
            index = text.count
            return nil
        }
        let name = UnsafeRawBufferPointer(rebasing: text[start..<index])
        index += 2
        isOpen = true
        return name
    }

    /// The next piece of the value, never empty; an escaped character begins one. `nil` at the value's end.
    mutating func nextPiece() -> UnsafeRawBufferPointer? {
        guard isOpen else { return nil }
        if index < text.count, text[index] == UInt8(ascii: "\\") {
            index += 1
            return escaped()
        }
        let start = index
        while index < text.count, text[index] != UInt8(ascii: "\""),
            text[index] != UInt8(ascii: "\\")
        { index += 1 }
        if index > start { return UnsafeRawBufferPointer(rebasing: text[start..<index]) }
        isOpen = false
        if index < text.count { index += 1 }
        return nil
    }

    /// What stands behind a backslash.
    private mutating func escaped() -> UnsafeRawBufferPointer? {
        guard index < text.count else {
            isOpen = false
            return nil
        }
        defer { index += 1 }
        guard text[index] == UInt8(ascii: "n") else {
            return UnsafeRawBufferPointer(rebasing: text[index...index])
        }
        let newline: StaticString = "\n"
        return UnsafeRawBufferPointer(start: newline.utf8Start, count: 1)
    }
}
