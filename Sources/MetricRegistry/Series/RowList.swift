import Synchronization

/// The rows of a group in the order they were made: what a snapshot walks.
///
/// Appended under the group's lock, read by anyone: the count is published after the row it covers.
struct RowList: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<RowList>

    let capacity: Int
    private let elements: UnsafeMutablePointer<SeriesRow.Pointer>
    private let published = Atomic<Int>(0)

    private init(capacity: Int) {
        self.capacity = capacity
        elements = .allocate(capacity: capacity)
    }

    deinit { elements.deallocate() }

    static func make(capacity: Int) -> Pointer {
        let list = Pointer.allocate(capacity: 1)
        list.initialize(to: RowList(capacity: capacity))
        return list
    }

    static func free(_ list: Pointer) {
        list.deinitialize(count: 1)
        list.deallocate()
    }

    var count: Int { published.load(ordering: .acquiring) }

    /// The rows so far. Valid as long as the list.
    var rows: UnsafeBufferPointer<SeriesRow.Pointer> {
        UnsafeBufferPointer(start: elements, count: count)
    }

    /// False where there is no room. Under the group's lock.
    func append(_ row: SeriesRow.Pointer) -> Bool {
        let count = published.load(ordering: .relaxed)
        guard count < capacity else { return false }
        (elements + count).initialize(to: row)
        published.store(count + 1, ordering: .releasing)
        return true
    }
}
