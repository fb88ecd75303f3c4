/// A regular expression as JSON Schema's `pattern` uses it, matched in time linear in the text.
///
/// The part of ECMA-262 that describes names and numbers: literals, `.`, classes, `\d \w \s` and
/// their opposites, groups, `|`, `* + ? {m,n}`, `^` and `$`. Back references, look-around, `\b` and
/// `\p` are refused.
///
/// Source: ECMA-262 §22.2; JSON Schema 2020-12 §6.4.
package struct Pattern: Sendable {
    let source: String
    private let program: [PatternInstruction]

    package init(_ source: String) throws(PatternError) {
        self.source = source
        var parser = PatternParser(source)
        var compiler = PatternCompiler()
        try compiler.compile(try parser.parse())
        program = compiler.program
    }

    /// Whether any part of `text` matches.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var threads = PatternThreads(count: program.count)
        for index in 0...scalars.count {
            let isEnd = index == scalars.count
            if follow(0, isStart: index == 0, isEnd: isEnd, into: &threads) { return true }
            if isEnd { return false }
            let current = threads.states
            threads.removeAll()
            for state in current {
                guard case .scalar(let set) = program[state], set.contains(scalars[index]) else {
                    continue
                }
                let isLast = index + 1 == scalars.count
                if follow(state + 1, isStart: false, isEnd: isLast, into: &threads) { return true }
            }
        }
        return false
    }

    /// Adds every state reachable from `state` without reading; whether one of them is the match.
    private func follow(
        _ state: Int, isStart: Bool, isEnd: Bool, into threads: inout PatternThreads
    ) -> Bool {
        var pending = [state]
        while let state = pending.popLast() {
            guard threads.insert(state) else { continue }
            switch program[state] {
            case .match: return true
            case .scalar: break
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [second, first]
            case .start: if isStart { pending.append(state + 1) }
            case .end: if isEnd { pending.append(state + 1) }
            }
        }
        return false
    }
}

extension Pattern: ExpressibleByStringLiteral {
    /// For patterns written in this program; what a file or a plugin brings goes through the
    /// throwing initializer.
    package init(stringLiteral source: String) {
        do {
            try self.init(source)
        } catch {
            preconditionFailure("\(source): \(error.reason)")
        }
    }
}

package struct PatternError: Error, Hashable {
    package let reason: String
}

/// The states the matcher is in, each once.
private struct PatternThreads {
    private(set) var states: [Int] = []
    private var isPresent: [Bool]

    init(count: Int) {
        isPresent = Array(repeating: false, count: count)
    }

    mutating func insert(_ state: Int) -> Bool {
        if isPresent[state] { return false }
        isPresent[state] = true
        states.append(state)
        return true
    }

    mutating func removeAll() {
        for state in states { isPresent[state] = false }
        states.removeAll(keepingCapacity: true)
    }
}
