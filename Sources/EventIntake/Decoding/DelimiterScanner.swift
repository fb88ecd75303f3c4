import CPlatform

/// Walks from delimiter to delimiter of line protocol: `,` `=` `\` `"`, space and control characters.
///
/// Looks at 64 bytes at once, so 64 bytes beyond the input must be readable; what they hold does not matter as
/// long as the input ends in a newline and the caller stops there.
struct DelimiterScanner {
    private var block: UnsafePointer<UInt8>
    private var pending: UInt64
    /// Not 0 where the newest block, which alone can reach into the next line, holds a byte beyond ASCII.
    private var newestBeyondASCII: UInt64 = 0
    /// Not 0 where a block looked at since `startLine` does.
    private(set) var beyondASCII: UInt64 = 0

    @inline(__always)
    init(at start: UnsafePointer<UInt8>) {
        block = start
        pending = platform_line_delimiters(start, &newestBeyondASCII)
        beyondASCII = newestBeyondASCII
    }

    /// The next delimiter.
    @inline(__always)
    mutating func next() -> UnsafePointer<UInt8> {
        while pending == 0 {
            block += 64
            pending = platform_line_delimiters(block, &newestBeyondASCII)
            beyondASCII |= newestBeyondASCII
        }
        let found = block + pending.trailingZeroBitCount
        pending &= pending &- 1
        return found
    }

    /// Says that the last delimiter was the end of a line.
    @inline(__always)
    mutating func startLine() { beyondASCII = newestBeyondASCII }
}
