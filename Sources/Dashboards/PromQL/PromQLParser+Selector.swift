extension PromQLParser {
    // MARK: Selectors

    /// Reads `{…}` where there is one.
    mutating func readSelector(metric: Word?) throws(PromQLError) -> Expression {
        let start = metric?.range.lowerBound ?? peek().range.lowerBound
        var metric = metric
        var matchers: [LabelMatcher] = []
        var end = metric?.range.upperBound ?? start
        if isSymbol("{") {
            advance()
            while !isSymbol("}") {
                if let quoted = readQuotedMetric() {
                    guard metric == nil else { throw Self.namedTwice(at: quoted.range) }
                    guard !quoted.text.isEmpty else {
                        throw PromQLError("the metric's name is empty", at: quoted.range)
                    }
                    metric = quoted
                } else {
                    matchers.append(try readMatcher())
                }
                guard isSymbol(",") else { break }
                advance()
            }
            guard isSymbol("}") else { throw unexpected("\",\" or \"}\"") }
            end = advance().range.upperBound
        }
        return try Expression(
            VectorSelector(metric: metric, matchers: matchers), range: start..<end)
    }

    /// `"metric name"`, as version 3 has it.
    private mutating func readQuotedMetric() -> Word? {
        guard peek().kind == .string, !isMatching(token(ahead: 1)) else { return nil }
        return Word(advance())
    }

    private func isMatching(_ token: PromQLToken) -> Bool {
        token.kind == .symbol && LabelMatcher.Operator(rawValue: token.text) != nil
    }

    private mutating func readMatcher() throws(PromQLError) -> LabelMatcher {
        let label = peek()
        guard [.word, .template, .string].contains(label.kind) else {
            throw unexpected("a label's name")
        }
        advance()
        guard peek().kind == .symbol, let relation = LabelMatcher.Operator(rawValue: peek().text)
        else { throw unexpected("\"=\", \"!=\", \"=~\" or \"!~\" after a label's name") }
        advance()
        guard peek().kind == .string else { throw unexpected("a string in quotes") }
        return LabelMatcher(label: Word(label), operator: relation, value: Word(advance()))
    }

    /// Reads `(a, b)`.
    mutating func readLabels() throws(PromQLError) -> [Word] {
        try expect("(")
        var labels: [Word] = []
        while !isSymbol(")") {
            let label = peek()
            let isName = label.kind != .word || !label.text.contains(":")
            guard [.word, .template, .string].contains(label.kind), isName else {
                throw unexpected("a label's name")
            }
            labels.append(Word(advance()))
            guard isSymbol(",") else { break }
            advance()
        }
        try expect(")")
        return labels
    }

    static func namedTwice(at range: Range<Int>) -> PromQLError {
        PromQLError("the metric is named twice", at: range)
    }

    // MARK: What may follow a selector

    /// Reads one of `[…]`, `offset …` and `@ …`; nil where none follows.
    mutating func readSuffix(of operand: Expression) throws(PromQLError) -> Expression? {
        if isSymbol("[") { return try readRange(of: operand) }
        if isWord("offset") { return try readOffset(of: operand) }
        if isSymbol("@") { return try readTime(of: operand) }
        return nil
    }

    private mutating func readRange(of operand: Expression) throws(PromQLError) -> Expression {
        advance()
        let span = try readSpan()
        var step: TimeSpan?
        let isSubquery = isSymbol(":")
        if isSubquery {
            advance()
            if !isSymbol("]") { step = try readSpan() }
        }
        let range = operand.range.lowerBound..<(try expect("]")).range.upperBound
        if isSubquery {
            guard operand.type.fits(.instantVector) else {
                throw PromQLError(
                    "a subquery is made of an instant vector, this is \(operand.type)",
                    at: operand.range)
            }
            return Expression(
                content: .subquery(operand, over: span, step: step), type: .rangeVector,
                range: range)
        }
        guard case .selector = operand.content else {
            throw PromQLError(
                "a range follows a metric's name and matchers only; a subquery [\(span.text):] can "
                    + "follow other expressions", at: operand.range)
        }
        return Expression(
            content: .range(operand, over: span), type: .rangeVector, range: range)
    }

    private mutating func readSpan() throws(PromQLError) -> TimeSpan {
        let token = peek()
        switch token.kind {
        case .template: break
        case .duration: try Self.check(duration: token)
        case .number where token.text.allSatisfy(\.isNumber):
            throw PromQLError(
                "the duration \(token.text) has no unit, such as \(token.text)s", at: token.range)
        case .word, .number, .string, .symbol, .end: throw unexpected("a duration, such as 5m")
        }
        advance()
        return TimeSpan(
            text: token.text, range: token.range, isTemplate: token.kind == .template)
    }

    /// Units go from the longest to the shortest, each once, and the whole is more than nothing.
    private static func check(duration token: PromQLToken) throws(PromQLError) {
        let units = ["y", "w", "d", "h", "m", "s", "ms"]
        var rest = token.text[...]
        var next = 0
        var isNothing = true
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = String(rest.prefix { $0.isLetter })
            rest = rest.dropFirst(unit.count)
            guard !digits.isEmpty, digits.utf8.count <= 9, let place = units.firstIndex(of: unit),
                place >= next
            else {
                throw PromQLError(
                    "\"\(token.text)\" is no duration; one looks like 5m or 1h30m", at: token.range)
            }
            next = place + 1
            if digits.contains(where: { $0 != "0" }) { isNothing = false }
        }
        if isNothing {
            throw PromQLError("the duration must be greater than 0", at: token.range)
        }
    }

    private mutating func readOffset(of operand: Expression) throws(PromQLError) -> Expression {
        let keyword = advance()
        try Self.check(operand, takes: "offset", at: keyword.range)
        if isSymbol("-") || isSymbol("+") { advance() }
        let span = try readSpan()
        return Expression(
            content: .offset(operand, span), type: operand.type,
            range: operand.range.lowerBound..<span.range.upperBound)
    }

    private mutating func readTime(of operand: Expression) throws(PromQLError) -> Expression {
        let symbol = advance()
        try Self.check(operand, takes: "@", at: symbol.range)
        if isSymbol("-") || isSymbol("+") { advance() }
        var end = peek().range.upperBound
        switch peek().kind {
        case .number:
            let time = try Expression(number: advance())
            guard case .number(let seconds) = time.content, seconds.isFinite else {
                throw PromQLError("the time after \"@\" must be finite", at: time.range)
            }
        case .template: advance()
        case .word where ["start", "end"].contains(peek().keyword):
            advance()
            try expect("(")
            end = try expect(")").range.upperBound
        default: throw unexpected("a time, start() or end() after \"@\"")
        }
        return Expression(
            content: .at(operand), type: operand.type, range: operand.range.lowerBound..<end)
    }

    /// Both follow a selector, a range or a subquery, each once.
    private static func check(
        _ operand: Expression, takes suffix: String, at range: Range<Int>
    ) throws(PromQLError) {
        var inner = operand
        while true {
            switch inner.content {
            case .selector, .range, .subquery: return
            case .offset(let next, _) where suffix != "offset": inner = next
            case .at(let next) where suffix != "@": inner = next
            case .offset, .at:
                throw PromQLError("\"\(suffix)\" is given twice", at: range)
            default:
                throw PromQLError(
                    "\"\(suffix)\" follows a metric's name and matchers, a range or a subquery",
                    at: range)
            }
        }
    }
}

extension Word {
    init(_ token: PromQLToken) {
        let isTemplate =
            token.kind == .template
            || token.kind == .string && !GrafanaVariables.names(in: token.text).isEmpty
        self.init(text: token.text, range: token.range, isTemplate: isTemplate)
    }
}
