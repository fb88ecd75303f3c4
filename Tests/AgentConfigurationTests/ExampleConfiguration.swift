@testable import AgentConfiguration

/// `config.example.json` of this checkout.
enum ExampleConfiguration {
    static func bytes() throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try FileBytes.read("/\(root)/config.example.json", limit: 1 << 20)
    }
}
