import Dashboards
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

    @Test func `promtool accepts every good row and refuses every bad one`() async throws {
        let bad = PromQLRows.bad.map(\.text)
        let refused = try await Promtool.refused(PromQLRows.good + bad)
        let wrong = zip(PromQLRows.good + bad, refused).filter { text, isRefused in
            isRefused != bad.contains(text)
        }
        #expect(wrong.map(\.0) == [])
    }
}
