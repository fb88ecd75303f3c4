import TestSupport
import Testing

@testable import AgentConfiguration

struct JSONSchemaTests {
    /// What the settings `text` are refused with by `schema`, without file and place.
    private func problems(_ schema: String, _ text: String) throws -> [String] {
        let schema = try JSONSchema(#"{"properties": {"x": \#(schema)}}"#)
        let settings = try settings(#"{"x": \#(text)}"#)
        do throws(ConfigurationErrors) {
            _ = try settings.accepted(by: schema)
            return []
        } catch {
            return error.errors.map { error in
                let path = error.keyPath.description.dropFirst("plugins[0].settings.".count)
                return "\(path): \(error.problem)"
            }
        }
    }

    @Test(
        arguments: [
            (#"{"type": "string"}"#, #""a""#, "1", "x: expected a string, found the integer 1"),
            (#"{"type": "integer"}"#, "1.0", "1.5", "x: expected an integer, found the number 1.5"),
            (#"{"type": "number"}"#, "1", "true", "x: expected a number, found true"),
            (
                #"{"type": ["null", "boolean"]}"#, "null", "0",
                "x: expected null or true or false, found the integer 0"
            ),
            (
                #"{"enum": ["a", 1]}"#, "1.0", #""b""#,
                #"x: expected one of "a", 1, found the string "b""#
            ),
            (#"{"const": [1]}"#, "[1]", "[2]", "x: expected [1], found an array"),
            (
                #"{"type": "integer", "minimum": 1, "maximum": 5}"#, "5", "6",
                "x: expected an integer of at least 1 and at most 5, found the integer 6"
            ),
            (
                #"{"exclusiveMinimum": 0, "exclusiveMaximum": 1}"#, "0.5", "1",
                "x: expected a number of more than 0 and less than 1, found the integer 1"
            ),
            (
                #"{"type": "string", "minLength": 1, "maxLength": 2}"#, #""éé""#, #""""#,
                #"x: expected a string of 1 to 2 characters, found the string """#
            ),
            (
                #"{"pattern": "^a+$"}"#, #""aa""#, #""b""#,
                #"x: expected a string that matches "^a+$", found the string "b""#
            ),
            (
                #"{"format": "ipv4"}"#, #""1.2.3.4""#, #""1.2.3""#,
                #"x: expected an IPv4 address, found the string "1.2.3""#
            ),
            (
                #"{"format": "ipv6"}"#, #""::1""#, #""1.2.3.4""#,
                #"x: expected an IPv6 address, found the string "1.2.3.4""#
            ),
            (
                #"{"format": "hostname"}"#, #""a.b""#, #""a b""#,
                #"x: expected a host name, found the string "a b""#
            ),
            (
                #"{"format": "uri"}"#, #""https://a/b?c""#, #""a b""#,
                #"x: expected a URI such as "https://example.net/path", found the string "a b""#
            ),
            (#"{"format": "date"}"#, #""whatever""#, #""""#, nil),
            (
                #"{"items": {"type": "integer"}}"#, "[1]", #"[1, "a"]"#,
                #"x[1]: expected an integer, found the string "a""#
            ),
            (#"{"minItems": 1, "maxItems": 2}"#, "[1]", "[]", "x: expected 1 to 2 items, found 0"),
            (#"{"uniqueItems": true}"#, "[1, 2]", "[1, 1.0]", "x[1]: this item is given twice"),
            (
                #"{"required": ["a"], "properties": {"a": {"type": "string"}}}"#, #"{"a": ""}"#,
                "{}", #"x: the key "a" is missing; expected a string"#
            ),
            (
                #"{"properties": {"port": true}, "additionalProperties": false}"#, #"{"port": 1}"#,
                #"{"prot": 1}"#, #"x.prot: unknown key (did you mean "port"?); accepted are "port""#
            ),
            (
                #"{"additionalProperties": {"type": "string"}}"#, #"{"a": "b"}"#, #"{"a": 1}"#,
                "x.a: expected a string, found the integer 1"
            ),
            (
                #"{"propertyNames": {"pattern": "^[a-z]+$"}}"#, #"{"a": 1}"#, #"{"A": 1}"#,
                #"x.A: expected a string that matches "^[a-z]+$", found the key "A""#
            ),
            (#"{"minProperties": 1}"#, #"{"a": 1}"#, "{}", "x: expected at least 1 keys, found 0"),
            (
                #"{"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]}"#, "3", "2",
                "x: expected an integer of at least 3, found the integer 2"
            ),
            (
                #"{"anyOf": [{"type": "string"}, {"type": "integer"}]}"#, "3", "[]",
                "x: expected a string, or an integer, found an array"
            ),
            (
                #"{"oneOf": [{"minimum": 3}, {"maximum": 5}]}"#, "2", "4",
                "x: expected what only one of its 2 alternatives accepts, found the integer 4"
            ),
            (
                #"{"allOf": [{"type": "integer"}, {"minimum": 3}]}"#, "3", "2",
                "x: expected a number of at least 3, found the integer 2"
            ),
            (
                #"{"not": {"const": 1}}"#, "2", "1",
                "x: expected anything but 1, found the integer 1"
            ),
            (
                #"{"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"minimum": 2}}"#,
                "2", #""a""#,
                #"x: expected a string of at least 2 characters, found the string "a""#
            ),
            ("false", nil, "1", "x: expected nothing here, found the integer 1"),
            (
                ##"{"$ref": "#/properties/x/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}"##,
                #""a""#, "1", "x: expected a string, found the integer 1"
            ),
            (
                #"{"type": "string", "writeOnly": true, "maxLength": 3}"#, #""abc""#, #""hunter2""#,
                "x: expected a string of 0 to 3 characters, found a string"
            ),
        ] as [(String, String?, String, String?)])
    func `a keyword accepts and refuses`(
        schema: String, good: String?, bad: String, problem: String?
    ) throws {
        if let good { #expect(try problems(schema, good) == []) }
        #expect(try problems(schema, bad) == (problem.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ("{", "1:2: expected a key in double quotes, found the end"),
        ("7", "1:1: a schema is an object, true or false, not the integer 7"),
        (
            #"{"patternProperties": {}}"#,
            #"1:23: patternProperties: the keyword "patternProperties" is not supported"#
        ),
        (
            #"{"type": "text"}"#,
            #"1:10: type: expected one of "null", "boolean", "integer", "number", "string", "array", "object", found the string "text""#
        ),
        (
            #"{"properties": {"a": {"minLength": -1}}}"#,
            "1:36: properties.a.minLength: expected a count, found the integer -1"
        ),
        (
            #"{"items": {"pattern": "(?=a)"}}"#,
            #"1:23: items.pattern: groups that start with "(?" are not supported"#
        ),
        (##"{"$ref": "#/$defs/a"}"##, ##"1:10: $ref: "#/$defs/a" is no schema in this schema"##),
        (
            #"{"$ref": "https://example.net"}"#,
            ##"1:10: $ref: only references into the schema itself ("#/…") are supported"##
        ),
        (##"{"$ref": "#"}"##, "1:1: the schema refers to itself without an end"),
        (
            ##"{"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}}"##,
            "1:1: the schema refers to itself without an end"
        ),
        (#"{"anyOf": []}"#, "1:11: anyOf: expected at least one schema"),
        (#"{"required": "a"}"#, #"1:14: required: expected an array, found the string "a""#),
        (#"{"enum": 1}"#, "1:10: enum: expected an array, found the integer 1"),
        (#"{"pattern": 1}"#, "1:13: pattern: expected a string, found the integer 1"),
    ])
    func `a schema that cannot be used says why`(text: String, sentence: String) {
        let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(text) }
        #expect(error?.description == sentence)
    }

    @Test func `a schema that asks for too much ends`() throws {
        let levels = (0..<60).map { level in
            ##""a\##(level)": {"anyOf": [{"$ref": "#/$defs/a\##(level + 1)"}, {"$ref": "#/$defs/a\##(level + 1)"}]}"##
        }
        let chain = (0..<5000).map { ##""b\##($0)": {"$ref": "#/$defs/b\##($0 + 1)"}"## }
        for (name, definitions) in [
            ("a", levels + [#""a60": {"type": "string"}"#]), ("b", chain + [#""b5000": true"#]),
        ] {
            let schema = try JSONSchema(
                ##"{"$ref": "#/$defs/\##(name)0", "$defs": {\##(definitions.joined(separator: ","))}}"##
            )
            let settings = try settings("{}")
            let error = #expect(throws: ConfigurationErrors.self) {
                try settings.accepted(by: schema)
            }
            #expect(error?.errors.count == 1)
        }
    }

    @Test func `mutilated schemas are refused or used, and never trap`() throws {
        var random = SeededGenerator(seed: 11)
        let schema = AgentConfiguration.jsonSchema()
        let text = Array(schema.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") })
        let settings = try settings(
            String(decoding: try ExampleConfiguration.bytes(), as: UTF8.self))
        for _ in 0..<100 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let from = Int.random(in: 0..<bytes.count, using: &random)
                bytes[from] = bytes[Int.random(in: 0..<bytes.count, using: &random)]
            }
            guard let schema = try? JSONSchema(String(decoding: bytes, as: UTF8.self)) else {
                continue
            }
            _ = try? settings.accepted(by: schema)
        }
    }

    @Test func `a schema may describe a tree of itself`() throws {
        let schema = try JSONSchema(
            ##"{"properties": {"children": {"items": {"$ref": "#"}}}, "additionalProperties": false}"##
        )
        let settings = try settings(#"{"children": [{"children": []}, {"child": 1}]}"#)
        let error = #expect(throws: ConfigurationErrors.self) { try settings.accepted(by: schema) }
        #expect(
            error?.description
                == #"agent.json:1:75: plugins[0].settings.children[1].child: unknown key; accepted are "children""#
        )
    }
}

/// The settings of a plugin as a configuration brings them.
func settings(_ text: String, _ environment: Environment = [:]) throws -> PluginSettings {
    let text = #"{"plugins": [{"plugin": "A", "settings": \#(text)}]}"#
    return try #require(try configuration(text, environment).plugins.first).settings
}
