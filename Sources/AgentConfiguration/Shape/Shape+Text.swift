extension Shape<String> {
    /// Any text without control characters, of 1 to `limit` bytes.
    static func text(_ expectation: String = "a text", limit: Int = 4096) -> Shape {
        text(expectation, schema: ["minLength": 1, "maxLength": .integer(Int64(limit))]) {
            $0.utf8.count <= limit
        }
    }

    /// Text that `pattern` describes; the same rule reads the value and stands in the schema.
    static func text(_ expectation: String, matching pattern: Pattern) -> Shape {
        text(expectation, schema: ["pattern": .string(pattern.source)]) { pattern.matches($0) }
    }

    private static func text(
        _ expectation: String, schema: JSONObject,
        isAcceptable: @escaping @Sendable (String) -> Bool
    ) -> Shape {
        let type: JSONObject = ["type": "string"]
        return scalar(expectation, schema: type.merging(schema)) { content in
            guard case .string(let text) = content, text.isPrintable, isAcceptable(text) else {
                return nil
            }
            return text
        }
    }

    /// A path; a relative one is resolved against the configuration's directory.
    static func path(_ expectation: String = "a path", limit: Int = 4095) -> Shape {
        let text = text(expectation, limit: limit)
        return Shape(expectation: expectation, schema: text.schema) { node, decoding in
            guard let written = text.decode(node, &decoding) else { return nil }
            let path = decoding.directory.resolve(written)
            guard path.utf8.count <= limit else {
                decoding.report(
                    .unacceptable(found: path.quoted(), expected: expectation), at: node.position)
                return nil
            }
            return path
        }
    }
}

extension Shape<ListenAddress> {
    static let listenAddress = scalar(
        "an address such as \"127.0.0.1:9568\", \"[::1]:9568\" or \":9568\"",
        schema: [
            "type": "string", "pattern": "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]*):[0-9]{1,5}$",
        ]
    ) { content in
        guard case .string(let text) = content else { return nil }
        return ListenAddress(text)
    }
}

extension String {
    /// Not empty, and free of control characters, which no name or path here may hold.
    fileprivate var isPrintable: Bool {
        !isEmpty && unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
