/// Finds and replaces Grafana's variables in a text: `$name`, `${name}`, `${name.field:format}`.
package enum GrafanaVariables {
    /// The names of all variables in `text`, in their order.
    package static func names(in text: String) -> [String] {
        var names: [String] = []
        _ = replacing(in: text) { name in
            names.append(name)
            return nil
        }
        return names
    }

    /// `text` with each variable replaced by what `value` answers; nil leaves it as it is.
    package static func replacing(in text: String, _ value: (String) -> String?) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let (name, end) = variable(bytes, at: index) {
                if let value = value(name) {
                    result += Array(value.utf8)
                } else {
                    result += bytes[index..<end]
                }
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func variable(_ bytes: [UInt8], at start: Int) -> (name: String, end: Int)? {
        guard bytes[start] == UInt8(ascii: "$"), start + 1 < bytes.count else { return nil }
        let isBraced = bytes[start + 1] == UInt8(ascii: "{")
        let first = start + (isBraced ? 2 : 1)
        guard first < bytes.count, PromQLLexer.isLetter(bytes[first]) else { return nil }
        let isNamePart = { (byte: UInt8) in
            PromQLLexer.isLetter(byte) || PromQLLexer.isDigit(byte)
        }
        let end = bytes[first...].firstIndex { !isNamePart($0) } ?? bytes.count
        let name = String(decoding: bytes[first..<end], as: UTF8.self)
        guard isBraced else { return (name, end) }
        guard let close = bytes[end...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let isFormat = bytes[end..<close].allSatisfy {
            isNamePart($0) || [0x2E, 0x3A, 0x2D].contains($0)
        }
        return isFormat ? (name, close + 1) : nil
    }
}
