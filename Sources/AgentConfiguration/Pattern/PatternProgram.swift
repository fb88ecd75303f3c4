/// What a pattern says, as a tree.
indirect enum PatternTree {
    case empty
    case scalar(ScalarSet)
    case start
    case end
    case sequence([PatternTree])
    case choice([PatternTree])
    /// No `maximum` means without end.
    case repetition(PatternTree, minimum: Int, maximum: Int?)
}

/// A set of characters.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}

enum PatternInstruction: Sendable {
    case scalar(ScalarSet)
    case split(Int, Int)
    case jump(Int)
    case start
    case end
    case match
}

/// Turns the tree into instructions. Repetitions multiply, even of nothing, so there is a limit to
/// what is made and to what is looked at.
struct PatternCompiler {
    private static let limit = 20_000
    private(set) var program: [PatternInstruction] = []
    private var steps = 0

    mutating func compile(_ tree: PatternTree) throws(PatternError) {
        try append(tree)
        try emit(.match)
    }

    private mutating func emit(_ instruction: PatternInstruction) throws(PatternError) {
        guard program.count < Self.limit else {
            throw PatternError(reason: "the pattern is too large")
        }
        program.append(instruction)
    }

    private mutating func append(_ tree: PatternTree) throws(PatternError) {
        steps += 1
        guard steps < Self.limit else { throw PatternError(reason: "the pattern is too large") }
        switch tree {
        case .empty: break
        case .scalar(let set): try emit(.scalar(set))
        case .start: try emit(.start)
        case .end: try emit(.end)
        case .sequence(let parts): for part in parts { try append(part) }
        case .choice(let parts): try append(choice: parts)
        case .repetition(let part, let minimum, let maximum):
            for _ in 0..<minimum { try append(part) }
            guard let maximum else { return try append(loop: part) }
            for _ in minimum..<max(minimum, maximum) { try append(optional: part) }
        }
    }

    private mutating func append(choice parts: [PatternTree]) throws(PatternError) {
        var jumps: [Int] = []
        for part in parts.dropLast() {
            let split = try reserve()
            try append(part)
            jumps.append(try reserve())
            program[split] = .split(split + 1, program.count)
        }
        if let last = parts.last { try append(last) }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func append(loop part: PatternTree) throws(PatternError) {
        let split = try reserve()
        try append(part)
        try emit(.jump(split))
        program[split] = .split(split + 1, program.count)
    }

    private mutating func append(optional part: PatternTree) throws(PatternError) {
        let split = try reserve()
        try append(part)
        program[split] = .split(split + 1, program.count)
    }

    /// Room for an instruction whose target is not known yet.
    private mutating func reserve() throws(PatternError) -> Int {
        try emit(.match)
        return program.count - 1
    }
}
