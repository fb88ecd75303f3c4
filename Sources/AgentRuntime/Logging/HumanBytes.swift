/// What people read straight as bytes: what `HumanLogHandler` makes of the same, without a text where none is needed.
extension [UInt8] {
    /// A value as it stands behind `key=`, of good UTF-8.
    mutating func append(value text: UnsafeBufferPointer<UInt8>) {
        let isPlain = text.allSatisfy {
            $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
        }
        if isPlain && !text.isEmpty {
            append(contentsOf: text)
        } else {
            self += HumanLogHandler.quotedWhereNeeded(String(decoding: text, as: UTF8.self)).utf8
        }
    }

    /// A message that could otherwise forge further lines, of good UTF-8.
    mutating func append(oneLine text: UnsafeBufferPointer<UInt8>) {
        if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) {
            append(contentsOf: text)
        } else {
            self += HumanLogHandler.oneLine(String(decoding: text, as: UTF8.self)).utf8
        }
    }
}
