/// Takes secrets out of a text that comes in pieces: what a command writes.
///
/// It is read line by line, so what comes out does not depend on where the pieces ended. An unfinished line waits for its
/// end; of a line longer than `longestLine` the beginning is let go, all but enough to see a secret that it ends in. A
/// private key, and a value whose quote is not closed, are hidden until they end, over as many lines as it takes, but
/// not beyond `longestSecret`. Bytes that are no text come through as they are.
///
/// Holds at most `longestLine` bytes.
package struct StreamRedactor: Sendable {
    /// Longer lines are looked at in parts.
    package static let longestLine = 64 << 10
    /// What a secret that does not end hides at most, counted from the end of the line it begins in.
    package static let longestSecret = 16 << 10

    /// How far ahead is looked at the place where a long line is parted.
    private static let lookAhead = 8 << 10
    /// What is kept of what was let go: a key whose value follows.
    private static let context = 1 << 10

    private let redactor: Redactor
    /// The unfinished line; its first `released` bytes have been let go already.
    private var held: [UInt8] = []
    private var released = 0
    private var open: OpenSecret?
    /// How much of the open secret is hidden so far.
    private var hidden = 0

    package init(_ redactor: Redactor) { self.redactor = redactor }

    /// What of it may be seen now, and of what was held before it.
    package mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var clean: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(Self.longestLine - held.count)
            let end = part.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? part.endIndex
            held += rest[rest.startIndex..<end]
            rest = rest[end...]
            if held.last == UInt8(ascii: "\n") {
                endLine(into: &clean)
            } else if held.count >= Self.longestLine {
                partLine(into: &clean)
            }
        }
        return clean
    }

    /// The rest, when nothing follows.
    package mutating func finish() -> [UInt8] {
        var clean: [UInt8] = []
        endLine(into: &clean)
        open = nil
        return clean
    }

    // MARK: Lines

    private mutating func endLine(into clean: inout [UInt8]) {
        let start = closeSecret()
        if open == nil {
            let scan = redactor.scan(held, from: start)
            write(scan.found, from: max(start, released), to: held.count, into: &clean)
            openSecret(scan)
        }
        held.removeAll(keepingCapacity: true)
        released = 0
    }

    /// Lets the beginning of a line go that is too long to be held.
    private mutating func partLine(into clean: inout [UInt8]) {
        let start = closeSecret()
        guard open == nil else { return drop() }
        let scan = redactor.scan(held, from: start)
        openSecret(scan)
        guard open == nil else {
            write(scan.found, from: max(start, released), to: held.count, into: &clean)
            return drop()
        }
        var cut = max(start, held.count - Self.lookAhead)
        if let across = scan.found.first(where: { $0.lowerBound < cut && $0.upperBound > cut }) {
            cut = across.upperBound
        }
        write(scan.found, from: max(start, released), to: cut, into: &clean)
        let kept = max(start, cut - Self.context)
        held.removeFirst(kept)
        released = cut - kept
    }

    private mutating func drop() {
        held.removeAll(keepingCapacity: true)
        released = 0
    }

    private func write(
        _ found: [Range<Int>], from start: Int, to end: Int, into clean: inout [UInt8]
    ) {
        var position = start
        for range in found where range.upperBound > position && range.lowerBound < end {
            clean += held[position..<max(position, range.lowerBound)]
            clean += Redactor.mark.utf8
            position = range.upperBound
        }
        if position < end { clean += held[position..<end] }
    }

    // MARK: Secrets that go on

    private mutating func openSecret(_ scan: SecretScanner.Outcome) {
        guard let secret = scan.open, let range = scan.found.last else { return }
        open = secret
        hidden = secret == .line ? held.count - range.lowerBound : 0
    }

    /// Where in the held line the open secret ends; it is open no more then, nor when it has hidden too much.
    private mutating func closeSecret() -> Int {
        guard let secret = open else { return 0 }
        if let end = secret.end(in: held) {
            open = nil
            return end
        }
        hidden += held.count
        guard hidden >= Self.longestSecret else { return 0 }
        open = nil
        return held.count
    }
}
