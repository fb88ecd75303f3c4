import Dashboards
import TestSupport
import Testing

struct PromQLFuzzTests {
    /// Pieces that expressions are made of, right and wrong ones.
    private static let pieces = [
        "a", "up", "sum", "rate", "by", "on", "without", "ignoring", "bool", "offset", "and", "or",
        "unless", "group_left", "atan2", "start", "inf", "nan", "topk", "absent", "time", "vector",
        "scalar", "histogram_quantile", "label_replace", "quantile_over_time", "(", ")", "{", "}",
        "[", "]", ",", ":", "@", "+", "-", "*", "/", "%", "^", "==", "!=", "=~", "!~", "=", ">",
        "<=",
        "5m", "1h30m", "0s", "5", "0.5", "1e3", "0x1f", "\"x\"", "'y'", "`z`", "\"", "[5m]",
        "[1h:5m]",
        "(a)", "{job=\"x\"}", "job=~\".+\"", " ", "#", "\n", "\\", "$", "ä", "5m5", ".",
    ]

    private static func mutated(_ text: String, _ numbers: inout SeededGenerator) -> String {
        var characters = Array(text)
        for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            let place = Int.random(in: 0...characters.count, using: &numbers)
            let end = min(characters.count, place + Int.random(in: 0...4, using: &numbers))
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: characters.removeSubrange(place..<end)
            case 1: characters.insert(contentsOf: characters[place..<end], at: place)
            default:
                let piece = pieces.randomElement(using: &numbers) ?? ""
                characters.insert(contentsOf: piece, at: place)
            }
        }
        return String(characters)
    }

    private static func mutations(_ count: Int, seed: UInt64) -> [String] {
        var numbers = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            mutated(PromQLRows.good.randomElement(using: &numbers) ?? "", &numbers)
        }
    }

    @Test func `whatever is given, there is a tree within the text or a fault within the text`() {
        let more = PromQLRows.bad.map(\.text)
        for text in Self.mutations(20_000, seed: 1) + more {
            do throws(PromQLError) {
                let expression = try PromQLParser.parse(text)
                check(expression, within: 0..<text.utf8.count)
            } catch {
                #expect(error.range.upperBound <= text.utf8.count, "\(text)")
            }
        }
    }

    private func check(_ expression: Expression, within range: Range<Int>) {
        let isInside =
            range.lowerBound <= expression.range.lowerBound
            && expression.range.upperBound <= range.upperBound
        #expect(isInside)
        for part in expression.parts { check(part, within: expression.range) }
    }

    @Test(arguments: ["(", "-", "sum(", "a+", "a^", "rate(a[5m:", "{", "[", "\"", "a offset 5m "])
    func `nothing nests so deep that it would trap`(_ piece: String) {
        let text = String(repeating: piece, count: 100_000)
        #expect(throws: PromQLError.self) { try PromQLParser.parse(text) }
    }

    @Test func `up to the limit nesting is read`() throws {
        let depth = PromQLParser.maximumDepth - 2
        let brackets =
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        _ = try PromQLParser.parse(brackets)
        let operators = String(repeating: " + a", count: PromQLParser.maximumOperators)
        let deepest = brackets.replacing("a)", with: "a\(operators))")
        let expression = try PromQLParser.parse(deepest)
        let rules = QueryRules(.rule)
        #expect(ExpressionLint.check(expression, .example, rules).findings.count == 201)
        #expect(throws: PromQLError.self) { try PromQLParser.parse("\(deepest) + a") }
    }

    private static let count = 1_000

    /// Whether a metric's name or a label stands in quotes, as version 3 has it.
    private static func quotesNames(_ expression: Expression, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isQuoted(_ word: Word) -> Bool { "\"'`".utf8.contains(bytes[word.range.lowerBound]) }
        return expression.contains { part in
            switch part.content {
            case .selector(let selector):
                selector.metric.map(isQuoted) == true
                    || selector.matchers.map(\.label).contains(where: isQuoted)
            case .aggregation(let aggregation):
                aggregation.grouping?.labels.contains(where: isQuoted) == true
            case .binary(let binary):
                (binary.matching.map { $0.labels + $0.included } ?? []).contains(where: isQuoted)
            default: false
            }
        }
    }

    @Test func `of expressions nobody thought of, promtool takes and refuses the same`()
        async throws
    {
        // What version 2.42 does not know is left out.
        let newer = ["limitk", "limit_ratio", "info(", "sort_by_label", "histogram_avg"]
        let texts = Self.mutations(Self.count, seed: 2).filter { text in
            !newer.contains { text.contains($0) } && !text.contains("$")
        }
        let refused = try await Promtool.refused(texts)
        for (text, isRefused) in zip(texts, refused) {
            let fault = Result { () throws(PromQLError) in try PromQLParser.parse(text) }
            switch fault {
            case .success(let expression) where Self.quotesNames(expression, text): continue
            case .success: #expect(!isRefused, "read, and no PromQL: \(text)")
            case .failure(let fault): #expect(isRefused, "refused, \(fault): \(text)")
            }
        }
    }
}
