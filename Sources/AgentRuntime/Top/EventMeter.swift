import Synchronization
import Telemetry

/// Counts events by name, for as long as it is attached.
final class EventMeter: EventConsumer {
    let id: String
    private let cells = Mutex<[String: Cell]>([:])
    /// Names come from outside; the rest is counted together.
    private static let maximumNames = 4096
    private static let rest = "(others)"

    /// What shapes of one name count into.
    private final class Cell: Sendable {
        let count = Atomic<Int>(0)
    }

    init(id: String) { self.id = id }

    var isObserver: Bool { true }

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        let name = shape.pointee.name.description
        let cell = cells.withLock { cells -> Cell in
            let name =
                cells[name] != nil || cells.count < Self.maximumNames ? name : Self.rest
            let cell = cells[name] ?? Cell()
            cells[name] = cell
            return cell
        }
        return UnsafeRawPointer(Unmanaged.passRetained(cell).toOpaque())
    }

    func release(plan: UnsafeRawPointer) { Unmanaged<Cell>.fromOpaque(plan).release() }

    let calls = ConsumerCalls(consume: { _, _, plan in
        Unmanaged<Cell>.fromOpaque(plan)._withUnsafeGuaranteedRef {
            _ = $0.count.wrappingAdd(1, ordering: .relaxed)
        }
    })

    /// How many there were of each name since it was asked last; names without any are left out.
    func take() -> [(name: String, count: Int)] {
        cells.withLock { $0 }.compactMap { name, cell in
            let count = cell.count.exchange(0, ordering: .relaxed)
            return count > 0 ? (name, count) : nil
        }
    }
}
