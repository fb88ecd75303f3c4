import Dashboards
import TestSupport
import Testing

struct PromQLParserTests {
    @Test(arguments: PromQLRows.good + PromQLRows.newer)
    func `what Prometheus reads is read`(_ text: String) throws {
        let expression = try PromQLParser.parse(text)
        #expect(expression.range.upperBound <= text.utf8.count)
    }

    @Test func `what is no PromQL is refused, with the place and the reason`() throws {
        for row in PromQLRows.bad {
            let fault = #expect(throws: PromQLError.self, "\(row.text)") {
                try PromQLParser.parse(row.text)
            }
            guard let fault else { continue }
            let place = ExpressionPlace(offset: fault.range.lowerBound, in: row.text)
            #expect(fault.reason.contains(row.reason), "\(row.text): \(fault)")
            #expect(place.column == row.column, "\(row.text): \(fault)")
        }
    }

    /// One file a row, all of them looked at in one go.
    @Test func `promtool accepts every good row and refuses every bad one`() async throws {
        let directory = try TemporaryDirectory()
        let rows = PromQLRows.good.map { ($0, true) } + PromQLRows.bad.map { ($0.text, false) }
        var files: [String] = []
        for (index, row) in rows.enumerated() {
            let rules =
                #"{"groups":[{"name":"g","rules":[{"record":"r","expr":\#(json(row.0))}]}]}"#
            files.append(try directory.write(rules, to: "rules-\(index).yml"))
        }
        let outcome = try await ChildProcess.run("promtool", ["check", "rules"] + files)
        let said = outcome.output.split(separator: "Checking ").filter { $0.contains(".yml") }
        try #require(said.count == rows.count, "\(outcome.errors)")
        for (file, row) in zip(files, rows) {
            #expect(outcome.errors.contains("\(file): ") != row.1, "\(row.0)")
        }
    }

    private func json(_ text: String) -> String {
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
