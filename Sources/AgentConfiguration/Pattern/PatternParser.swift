/// Reads a pattern's text into a tree.
struct PatternParser {
    private static let maximumDepth = 32
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ source: String) {
        scalars = Array(source.unicodeScalars)
    }

    mutating func parse() throws(PatternError) -> PatternTree {
        let tree = try choice(depth: 0)
        guard peek == nil else { throw PatternError(reason: "\")\" closes no group") }
        return tree
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice(depth: Int) throws(PatternError) -> PatternTree {
        guard depth <= Self.maximumDepth else {
            throw PatternError(reason: "groups are nested too deeply")
        }
        var parts = [try sequence(depth: depth)]
        while skip("|") { parts.append(try sequence(depth: depth)) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(depth: Int) throws(PatternError) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            parts.append(try repeated(try atom(depth: depth)))
        }
        return .sequence(parts)
    }

    private mutating func atom(depth: Int) throws(PatternError) -> PatternTree {
        guard let scalar = peek else { return .empty }
        index += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalar(.lineBreaks.negated)
        case "[": return .scalar(try characterClass())
        case "\\": return .scalar(try escape())
        case "(":
            if skip("?"), !skip(":") {
                throw PatternError(reason: "groups that start with \"(?\" are not supported")
            }
            let tree = try choice(depth: depth + 1)
            guard skip(")") else { throw PatternError(reason: "a group is not closed") }
            return tree
        case "*", "+", "?", "{", "}", "]":
            throw PatternError(reason: "\(String(scalar).quoted()) stands where it has no meaning")
        default: return .scalar(.one(scalar))
        }
    }

    private mutating func repeated(_ tree: PatternTree) throws(PatternError) -> PatternTree {
        guard let scalar = peek, let bounds = try bounds(after: scalar) else { return tree }
        switch tree {
        case .start, .end: throw PatternError(reason: "an anchor must not be repeated")
        default: break
        }
        // A lazy quantifier finds another match, not another answer to whether there is one.
        _ = skip("?")
        return .repetition(tree, minimum: bounds.0, maximum: bounds.1)
    }

    private mutating func bounds(after scalar: Unicode.Scalar) throws(PatternError) -> (Int, Int?)?
    {
        switch scalar {
        case "*", "+", "?":
            index += 1
            return scalar == "*" ? (0, nil) : scalar == "+" ? (1, nil) : (0, 1)
        case "{":
            index += 1
            let minimum = number()
            var maximum = minimum
            if skip(",") { maximum = peek == "}" ? nil : number() }
            let hasEnd = scalars[..<index].last != ","
            guard let minimum, skip("}"), minimum <= 1000, maximum.map({ $0 <= 1000 }) ?? true,
                !hasEnd || (maximum ?? -1) >= minimum
            else {
                throw PatternError(reason: "a repetition is written {2}, {2,} or {2,5}, up to 1000")
            }
            return (minimum, maximum)
        default: return nil
        }
    }

    private mutating func number() -> Int? {
        let start = index
        while let scalar = peek, ("0"..."9").contains(scalar) { index += 1 }
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: scalars[start..<index])
        return Int(String(digits))
    }
}

// MARK: Characters

extension PatternParser {
    /// What stands after a backslash.
    private mutating func escape() throws(PatternError) -> ScalarSet {
        guard let scalar = peek else { throw PatternError(reason: "a backslash ends the pattern") }
        index += 1
        switch scalar {
        case "d": return .digits
        case "D": return .digits.negated
        case "w": return .wordCharacters
        case "W": return .wordCharacters.negated
        case "s": return .spaces
        case "S": return .spaces.negated
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "t": return .one("\t")
        case "f": return .one("\u{C}")
        case "v": return .one("\u{B}")
        case "x": return .one(try hexadecimal(digits: 2))
        case "u": return .one(try hexadecimal(digits: 4))
        case "0"..."9", "a"..."z", "A"..."Z":
            throw PatternError(reason: "\"\\\(scalar)\" is not supported")
        default: return .one(scalar)
        }
    }

    private mutating func hexadecimal(digits: Int) throws(PatternError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = peek, scalar.isASCII, let digit = Character(scalar).hexDigitValue
            else {
                throw PatternError(reason: "\"\\x\" and \"\\u\" need 2 and 4 hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw PatternError(reason: "surrogates are not supported")
        }
        return scalar
    }

    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        var set = ScalarSet(ranges: [])
        let isNegated = skip("^")
        while let scalar = peek, scalar != "]" {
            let first = try classMember()
            guard peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                set.ranges += try first.positiveRanges()
                continue
            }
            index += 1
            let last = try classMember()
            guard let low = first.single, let high = last.single, low <= high else {
                throw PatternError(reason: "a range in a character class is upside down")
            }
            set.ranges.append(low...high)
        }
        guard skip("]") else { throw PatternError(reason: "a character class is not closed") }
        set.isNegated = isNegated
        return set
    }

    private mutating func classMember() throws(PatternError) -> ScalarSet {
        if skip("\\") { return try escape() }
        guard let scalar = peek else {
            throw PatternError(reason: "a character class is not closed")
        }
        index += 1
        return .one(scalar)
    }
}

extension ScalarSet {
    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let wordCharacters = ScalarSet(
        ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let lineBreaks = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    static let spaces = ScalarSet(
        ranges: [
            0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
            0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
        ])

    static func one(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value])
    }

    var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    /// The only member, when there is one.
    fileprivate var single: UInt32? {
        guard !isNegated, ranges.count == 1, let range = ranges.first, range.count == 1 else {
            return nil
        }
        return range.lowerBound
    }

    fileprivate func positiveRanges() throws(PatternError) -> [ClosedRange<UInt32>] {
        guard !isNegated else {
            throw PatternError(
                reason: "\\D, \\W and \\S inside a character class are not supported")
        }
        return ranges
    }
}
