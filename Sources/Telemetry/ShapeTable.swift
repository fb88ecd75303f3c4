import Glibc
import Synchronization

/// All shapes of a bus, found by signature without a lock; written under the bus's lock.
///
/// Open addressing over pointers. Shapes are never removed, so a reader can only miss one that is being added.
struct ShapeTable: ~Copyable {
    /// How many shapes are kept. Past it, a shape lives for one event only: correct, but slow.
    static let maximumShapes = 8192

    struct Slots: ~Copyable {
        let mask: Int
        let pointers: UnsafeMutablePointer<Atomic<EventShape.Pointer?>>

        init(capacity: Int) {
            mask = capacity - 1
            pointers = .allocate(capacity: capacity)
            for index in 0..<capacity {
                (pointers + index).initialize(to: Atomic(nil))
            }
        }

        deinit { pointers.deallocate() }
    }

    private let slots: Atomic<UnsafeMutablePointer<Slots>>
    /// Atomic, so that adding is no exclusive access while others look.
    private let kept = Atomic<Int>(0)

    var count: Int { kept.load(ordering: .relaxed) }

    init() {
        let first = UnsafeMutablePointer<Slots>.allocate(capacity: 1)
        first.initialize(to: Slots(capacity: 256))
        slots = Atomic(first)
    }

    deinit {
        let slots = slots.load(ordering: .relaxed)
        for index in 0...slots.pointee.mask {
            if let shape = slots.pointee.pointers[index].load(ordering: .relaxed) {
                shape.deinitialize(count: 1)
                shape.deallocate()
            }
        }
        slots.deinitialize(count: 1)
        slots.deallocate()
    }

    /// The shape of this signature, if known. Inside a read section.
    @inline(__always)
    borrowing func find(_ signature: UnsafeRawBufferPointer, hash: UInt64) -> EventShape.Pointer? {
        let slots = slots.load(ordering: .acquiring)
        let mask = slots.pointee.mask
        var index = Int(truncatingIfNeeded: hash) & mask
        while let shape = slots.pointee.pointers[index].load(ordering: .acquiring) {
            if shape.pointee.hash == hash, shape.pointee.signature.count == signature.count,
                memcmp(
                    shape.pointee.signature.baseAddress!, signature.baseAddress!, signature.count)
                    == 0
            {
                return shape
            }
            index = (index &+ 1) & mask
        }
        return nil
    }

    /// Adds a shape; it must not be there yet. Under the bus's lock.
    borrowing func insert(_ shape: EventShape.Pointer) {
        let old = slots.load(ordering: .relaxed)
        if (count + 1) * 2 > old.pointee.mask + 1 {
            let new = UnsafeMutablePointer<Slots>.allocate(capacity: 1)
            new.initialize(to: Slots(capacity: (old.pointee.mask + 1) * 2))
            visit { Self.place($0, into: new) }
            slots.store(new, ordering: .releasing)
            let address = UInt(bitPattern: old)
            ReadSection.retire {
                let old = UnsafeMutablePointer<Slots>(bitPattern: address)
                old?.deinitialize(count: 1)
                old?.deallocate()
            }
        }
        Self.place(shape, into: slots.load(ordering: .relaxed))
        kept.store(count + 1, ordering: .relaxed)
    }

    /// Every shape. Under the bus's lock.
    borrowing func visit(_ body: (EventShape.Pointer) -> Void) {
        let slots = slots.load(ordering: .relaxed)
        for index in 0...slots.pointee.mask {
            if let shape = slots.pointee.pointers[index].load(ordering: .relaxed) { body(shape) }
        }
    }

    private static func place(_ shape: EventShape.Pointer, into slots: UnsafeMutablePointer<Slots>)
    {
        let mask = slots.pointee.mask
        var index = Int(truncatingIfNeeded: shape.pointee.hash) & mask
        while slots.pointee.pointers[index].load(ordering: .relaxed) != nil {
            index = (index &+ 1) & mask
        }
        slots.pointee.pointers[index].store(shape, ordering: .releasing)
    }
}
