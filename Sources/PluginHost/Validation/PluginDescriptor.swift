import CAgentPlugin

/// A plugin's descriptor after every check.
///
/// `@unchecked Sendable`: the table is a copy of what the ABI declares static and constant.
struct PluginDescriptor: @unchecked Sendable {
    let id: String
    let name: String
    let version: String
    let vendor: String
    let summary: String
    /// JSON Schema of the settings; nil where the plugin has none.
    let settingsSchema: String?
    let interfaceVersion: PluginNote.Version
    let table: agent_plugin

    /// Reads and checks a descriptor.
    init(_ pointer: UnsafePointer<agent_plugin>) throws(PluginRefusal.Reason) {
        let table = try ABITable.copy(
            UnsafeRawPointer(pointer), agent_plugin(),
            required: ABITable.end(of: \agent_plugin.get_interface), what: "the descriptor")
        interfaceVersion = PluginNote.Version(major: table.abi_major, minor: table.abi_minor)
        guard table.abi_major == PluginNote.Version.own.major else {
            throw .otherMajor(
                plugin: interfaceVersion.description,
                host: PluginNote.Version.own.description)
        }
        id = try ABIText.name(table.id, "its id")
        name = try ABIText.name(table.name, "its name", limit: 64)
        version = try ABIText.name(table.version, "its version", limit: 64)
        vendor = try ABIText.read(table.vendor, "its vendor", limit: 1024)
        summary = try ABIText.read(table.summary, "its summary", limit: 16 << 10)
        let schema = try ABIText.read(table.settings_schema, "its settings schema")
        settingsSchema = schema.isEmpty ? nil : schema
        self.table = table
        try checkWords()
        try checkFunctions()
    }

    private func checkWords() throws(PluginRefusal.Reason) {
        guard id.utf8.allSatisfy({ Self.isWord($0) || $0 == UInt8(ascii: ".") }),
            id.split(separator: ".", omittingEmptySubsequences: false).count >= 2,
            id.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else {
            throw .badValue(
                what: "its id", found: quoted(id),
                expected: "a reverse DNS name such as org.example.agent.kafka")
        }
        guard name.utf8.allSatisfy(Self.isWord) else {
            throw .badValue(
                what: "its name", found: quoted(name),
                expected: "one word of letters, digits, \"_\" and \"-\"")
        }
        let isVersion = version.utf8.allSatisfy {
            Self.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "+")
        }
        guard isVersion, let first = version.utf8.first, (48...57).contains(first) else {
            throw .badValue(
                what: "its version", found: quoted(version),
                expected: "a semantic version such as 1.4.0")
        }
    }

    private func checkFunctions() throws(PluginRefusal.Reason) {
        let functions: [(String, Bool)] = [
            ("create", table.create != nil), ("destroy", table.destroy != nil),
            ("get_interface", table.get_interface != nil),
        ]
        for (name, isThere) in functions where !isThere {
            throw .missingFunction(what: "the descriptor", function: name)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The plugin's table for an interface, or nil.
    func interface(_ id: String) -> UnsafeRawPointer? {
        var id = id
        return id.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { text in
                table.get_interface?(
                    agent_str(data: text.baseAddress, size: UInt64(text.count)))
            }
        }
    }
}
