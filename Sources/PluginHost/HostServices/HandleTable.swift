import Synchronization

/// What an instance has made known, by handle: added under the owner's lock, read without one.
///
/// Takes memory as it fills, in blocks that double, and none while it is empty. What was added stays where it is.
///
/// `@unchecked Sendable`: an entry, and the block it lies in, is written before `count` covers it and never changed.
final class HandleTable<Entry: Sendable>: @unchecked Sendable {
    let limit: Int
    private let added = Atomic<Int>(0)
    private let blocks: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
    private let blockCount: Int

    private static var firstBlock: Int { 16 }

    /// - Parameter limit: how many entries there may be
    init(limit: Int) {
        self.limit = limit
        blockCount = Self.place(max(0, limit - 1)).block + 1
        blocks = .allocate(capacity: blockCount)
        blocks.initialize(repeating: nil, count: blockCount)
    }

    deinit {
        for index in 0..<count { entry(at: index).deinitialize(count: 1) }
        for block in 0..<blockCount { blocks[block]?.deallocate() }
        blocks.deallocate()
    }

    var count: Int { added.load(ordering: .acquiring) }

    /// Under the owner's lock. Answers the handle, never 0; nil where the table is full.
    func add(_ entry: Entry) -> UInt64? {
        let index = added.load(ordering: .relaxed)
        guard index < limit else { return nil }
        let (block, _) = Self.place(index)
        if blocks[block] == nil { blocks[block] = .allocate(capacity: Self.firstBlock << block) }
        self.entry(at: index).initialize(to: entry)
        added.store(index + 1, ordering: .releasing)
        return UInt64(index + 1)
    }

    /// The handle of the first such entry, of those there were when this was called.
    func handle(where isWanted: (Entry) -> Bool) -> UInt64? {
        for index in 0..<count where isWanted(entry(at: index).pointee) { return UInt64(index + 1) }
        return nil
    }

    /// What a handle stands for; nil where it stands for nothing.
    @inline(__always)
    subscript(handle: UInt64) -> Entry? {
        guard handle > 0, handle <= UInt64(count) else { return nil }
        return entry(at: Int(handle) - 1).pointee
    }

    @inline(__always)
    private func entry(at index: Int) -> UnsafeMutablePointer<Entry> {
        let (block, offset) = Self.place(index)
        // The block of an index below `count` is there.
        return blocks[block].unsafelyUnwrapped + offset
    }

    /// Block n begins at 16 · (2ⁿ − 1).
    @inline(__always)
    private static func place(_ index: Int) -> (block: Int, offset: Int) {
        let block = Int.bitWidth - 1 - (index / firstBlock + 1).leadingZeroBitCount
        return (block, index - firstBlock * ((1 << block) - 1))
    }
}
