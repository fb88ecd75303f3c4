import AgentConfiguration

/// Reads a PromQL expression and checks its types.
///
/// Grafana's variables may stand where Grafana users put them: in strings, in the place of
/// durations, numbers, labels and metric names, but not of functions and operators.
///
/// Source: Prometheus, promql/parser/generated_parser.y. What version 3 has beyond 2.42 is read as
/// well: quoted names, `limitk`, `limit_ratio` and newer functions.
package struct PromQLParser {
    /// How deep parts of an expression may lie in one another.
    package static let maximumDepth = 100
    /// How many operators it may have in all: a chain of them is as deep a tree.
    package static let maximumOperators = 200

    private let tokens: [PromQLToken]
    private var index = 0
    private var operators = 0

    package static func parse(_ text: String) throws(PromQLError) -> Expression {
        var parser = PromQLParser(tokens: try PromQLLexer.tokens(of: text))
        guard parser.peek().kind != .end else {
            throw PromQLError("the expression is empty", at: 0..<text.utf8.count)
        }
        let expression = try parser.readExpression(binding: 0, depth: 0)
        guard parser.peek().kind == .end else {
            throw parser.unexpected("the end or an operator")
        }
        return expression
    }

    private init(tokens: [PromQLToken]) { self.tokens = tokens }

    // MARK: Operators

    /// - Parameter precedence: operators that bind less tightly are left alone.
    mutating func readExpression(
        binding precedence: Int, depth: Int
    ) throws(PromQLError) -> Expression {
        guard depth < Self.maximumDepth else {
            throw PromQLError(
                "the expression is nested more than \(Self.maximumDepth) levels deep",
                at: peek().range)
        }
        var left = try readOperand(depth: depth)
        while let operation = peekOperator(), operation.precedence >= precedence {
            operators += 1
            guard operators <= Self.maximumOperators else {
                throw PromQLError(
                    "the expression has more than \(Self.maximumOperators) operators",
                    at: peek().range)
            }
            let token = advance()
            let isBool = skip(word: "bool")
            let matching = try readMatching()
            let tighter = operation.precedence + (operation.isRightAssociative ? 0 : 1)
            let right = try readExpression(binding: tighter, depth: depth + 1)
            left = try Expression(
                BinaryOperation(
                    operation: operation, operatorRange: token.range, isBool: isBool,
                    matching: matching, left: left, right: right))
        }
        return left
    }

    private func peekOperator() -> BinaryOperator? {
        guard [.symbol, .word].contains(peek().kind) else { return nil }
        return BinaryOperator(rawValue: peek().keyword)
    }

    private mutating func readMatching() throws(PromQLError) -> BinaryOperation.Matching? {
        let isOn = skip(word: "on")
        guard isOn || skip(word: "ignoring") else { return nil }
        var matching = BinaryOperation.Matching(isOn: isOn, labels: try readLabels())
        guard let many = BinaryOperation.Matching.Many(rawValue: peek().keyword),
            peek().kind == .word
        else { return matching }
        advance()
        matching.many = many
        if isSymbol("(") { matching.included = try readLabels() }
        return matching
    }

    private mutating func readOperand(depth: Int) throws(PromQLError) -> Expression {
        if isSymbol("-") || isSymbol("+") {
            let sign = advance()
            let operand = try readExpression(
                binding: BinaryOperator.power.precedence, depth: depth + 1)
            return try Expression(sign: sign, operand)
        }
        var operand = try readPrimary(depth: depth)
        while let longer = try readSuffix(of: operand) { operand = longer }
        return operand
    }

    // MARK: Operands

    private mutating func readPrimary(depth: Int) throws(PromQLError) -> Expression {
        let token = peek()
        switch token.kind {
        case .number:
            advance()
            return try Expression(number: token)
        case .string:
            advance()
            return Expression(content: .string(token.text), type: .string, range: token.range)
        case .template: return try readTemplate()
        case .word: return try readNamed(depth: depth)
        case .symbol where token.text == "(":
            advance()
            let inner = try readExpression(binding: 0, depth: depth + 1)
            let close = try expect(")")
            return Expression(
                content: .parenthesized(inner), type: inner.type,
                range: token.range.lowerBound..<close.range.upperBound)
        case .symbol where token.text == "{": return try readSelector(metric: nil)
        case .symbol, .duration, .end: throw unexpected("an expression")
        }
    }

    /// A metric's name with a variable in it, or a variable that stands for a number.
    private mutating func readTemplate() throws(PromQLError) -> Expression {
        let token = advance()
        if isSymbol("(") {
            throw PromQLError(
                "a variable cannot stand for a function: what it yields could not be checked",
                at: token.range)
        }
        let isWhole = GrafanaVariables.replacing(in: token.text) { _ in "" }.isEmpty
        if isWhole, !isSymbol("{"), !isSymbol("[") {
            return Expression(content: .variable(token.text), type: .any, range: token.range)
        }
        return try readSelector(metric: Word(token))
    }

    private mutating func readNamed(depth: Int) throws(PromQLError) -> Expression {
        let token = peek()
        let next = self.token(ahead: 1)
        let isCall = next.kind == .symbol && next.text == "("
        if let operation = AggregationOperator(rawValue: token.keyword) {
            let isGrouped = next.kind == .word && ["by", "without"].contains(next.keyword)
            if isCall || isGrouped { return try readAggregation(operation, depth: depth) }
        }
        if isCall { return try readCall(depth: depth) }
        guard !Self.notNames.contains(token.keyword) else { throw unexpected("an expression") }
        advance()
        return try readSelector(metric: Word(token))
    }

    /// Keywords that no metric can be called, unquoted.
    private static let notNames = [
        "atan2", "bool", "on", "ignoring", "group_left", "group_right",
    ]

    private mutating func readCall(depth: Int) throws(PromQLError) -> Expression {
        let name = advance()
        guard let function = PromQLFunction.named(name.text) else {
            let nearest = PromQLFunction.names.nearest(to: name.text)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw PromQLError("there is no function \"\(name.text)\"\(hint)", at: name.range)
        }
        let (arguments, end) = try readArguments(depth: depth)
        return try Expression(
            FunctionCall(function: function, nameRange: name.range, arguments: arguments),
            end: end)
    }

    private mutating func readAggregation(
        _ operation: AggregationOperator, depth: Int
    ) throws(PromQLError) -> Expression {
        let name = advance()
        var grouping = try readGrouping()
        let (arguments, end) = try readArguments(depth: depth)
        var last = end
        if grouping == nil {
            grouping = try readGrouping()
            last = tokens[index - 1].range.upperBound
        }
        return try Expression(
            Aggregation(
                operation: operation, nameRange: name.range, grouping: grouping,
                arguments: arguments),
            end: last)
    }

    private mutating func readGrouping() throws(PromQLError) -> Aggregation.Grouping? {
        let isWithout = skip(word: "without")
        guard isWithout || skip(word: "by") else { return nil }
        return Aggregation.Grouping(isWithout: isWithout, labels: try readLabels())
    }

    private mutating func readArguments(
        depth: Int
    ) throws(PromQLError) -> (arguments: [Expression], end: Int) {
        try expect("(")
        var arguments: [Expression] = []
        while !isSymbol(")") {
            arguments.append(try readExpression(binding: 0, depth: depth + 1))
            guard isSymbol(",") else { break }
            advance()
            if isSymbol(")") { throw unexpected("an expression after \",\"") }
        }
        return (arguments, try expect(")").range.upperBound)
    }

    // MARK: The cursor

    func peek() -> PromQLToken { tokens[index] }

    func token(ahead: Int) -> PromQLToken { tokens[min(index + ahead, tokens.count - 1)] }

    /// Moves past a token and answers it; stays at the end.
    @discardableResult
    mutating func advance() -> PromQLToken {
        let token = tokens[index]
        if token.kind != .end { index += 1 }
        return token
    }

    func isSymbol(_ symbol: String) -> Bool { peek().kind == .symbol && peek().text == symbol }

    func isWord(_ word: String) -> Bool { peek().kind == .word && peek().keyword == word }

    mutating func skip(word: String) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ symbol: String) throws(PromQLError) -> PromQLToken {
        guard isSymbol(symbol) else { throw unexpected("\"\(symbol)\"") }
        return advance()
    }

    func unexpected(_ expected: String) -> PromQLError {
        PromQLError("expected \(expected), found \(peek().summary)", at: peek().range)
    }
}
