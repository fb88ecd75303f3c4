import TestSupport
import Testing

/// Prometheus' own judgement of expressions.
enum Promtool {
    /// Which of them it refuses. One file each, all of them looked at in one go.
    static func refused(_ expressions: [String]) async throws -> [Bool] {
        let directory = try TemporaryDirectory()
        var files: [String] = []
        for (index, expression) in expressions.enumerated() {
            let rules =
                #"{"groups":[{"name":"g","rules":[{"record":"r","expr":\#(json(expression))}]}]}"#
            files.append(try directory.write(rules, to: "rules-\(index).yml"))
        }
        let outcome = try await ChildProcess.run("promtool", ["check", "rules"] + files)
        let checked = outcome.output.split(separator: "\n").count { $0.hasPrefix("Checking ") }
        try #require(checked == files.count, "\(outcome.errors)")
        let blamed = Set(
            outcome.errors.split(separator: "\n").compactMap { line in
                line.firstRange(of: ": ").map { String(line[..<$0.lowerBound]) }
            })
        return files.map(blamed.contains)
    }

    private static func json(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}
