import Glibc

/// Memory for one read, shared by all connections of a thread.
///
/// In front of what is read lies the unfinished line that an earlier read of the same connection left.
struct ReadBuffer: ~Copyable {
    static let readBytes = 131_072

    let start: UnsafeMutablePointer<UInt8>

    /// Room for a line of the longest kind, a read and the decoder's padding.
    init(lineBytes: Int) {
        let count = lineBytes + Self.readBytes + 1 + EventDecoder.padding
        start = .allocate(capacity: count)
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
}

/// Cuts the bytes of one connection into lines, however its reads divide them.
struct LineStream {
    private let lineBytes: Int
    /// The unfinished line.
    private var tail: [UInt8] = []
    /// Set inside a line that was rejected for its length.
    private var skipped: LineEnd?
    /// Whether the unfinished line ends within quotes.
    private var isInText = false
    /// The number of the line that comes next.
    private var line = 1

    init(lineBytes: Int) { self.lineBytes = lineBytes }

    /// Whether the start of a line waits for its rest.
    var isMidLine: Bool { !tail.isEmpty }

    /// Puts the unfinished line in front; answers where the next read goes.
    func prepare(_ buffer: borrowing ReadBuffer) -> UnsafeMutablePointer<UInt8> {
        tail.withUnsafeBufferPointer { tail in
            if let source = tail.baseAddress {
                buffer.start.update(from: source, count: tail.count)
            }
        }
        return buffer.start + tail.count
    }

    /// Takes the `count` bytes that were read to where `prepare` said.
    mutating func take(
        _ count: Int, _ buffer: borrowing ReadBuffer, _ decoder: inout EventDecoder
    ) {
        var start = UnsafePointer(buffer.start)
        let fresh = start + tail.count
        let end = fresh + count
        if skipped != nil {
            guard let newline = skipped?.find(fresh, end) else {
                line += EventDecoder.newlines(fresh, end)
                return
            }
            start = newline + 1
            line += EventDecoder.newlines(fresh, start)
            skipped = nil
        }
        var complete = end
        let first = max(start, fresh)
        while complete > first, complete[-1] != .newline { complete -= 1 }
        // Without another quote, no newline ends a line whose text is open.
        if isInText { isInText = memchr(first, Int32(UInt8.quote), end - first) == nil }
        if complete > first, !isInText {
            decoder.line = line
            start = decoder.decodeLines(start, complete, isAll: false)
            line = decoder.line
            isInText = start < complete
        }
        keep(start, end, &decoder)
    }

    /// Takes a last line that has no newline.
    mutating func finish(_ buffer: borrowing ReadBuffer, _ decoder: inout EventDecoder) {
        guard isMidLine else { return }
        prepare(buffer).pointee = .newline
        decoder.line = line
        decoder.decodeLines(buffer.start, buffer.start + tail.count + 1)
        tail = []
        isInText = false
    }

    private mutating func keep(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ decoder: inout EventDecoder
    ) {
        if end - start > lineBytes {
            decoder.line = line
            decoder.rejectLongLine(start)
            // A newline that ends it has not come: those there are stand inside quotes.
            var lineEnd = LineEnd()
            _ = lineEnd.find(start, end)
            line += EventDecoder.newlines(start, end)
            skipped = lineEnd
            isInText = false
            tail = []
            return
        }
        // An idle connection shall not hold on to the room its longest line took.
        tail.removeAll(keepingCapacity: tail.capacity <= 4096)
        tail.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
    }
}
