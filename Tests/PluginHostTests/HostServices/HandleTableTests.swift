import Synchronization
import Testing

@testable import PluginHost

struct HandleTableTests {
    @Test(arguments: [1, 15, 16, 17, 48, 100, 4096])
    func `each entry keeps its handle, and one beyond the limit gets none`(limit: Int) {
        let table = HandleTable<String>(limit: limit)
        for number in 1...limit { #expect(table.add("entry \(number)") == UInt64(number)) }
        #expect(table.add("one more") == nil && table.count == limit)
        for number in 1...limit { #expect(table[UInt64(number)] == "entry \(number)") }
        #expect(table.handle { $0 == "entry \(limit)" } == UInt64(limit))
        #expect(table.handle { $0 == "one more" } == nil)
    }

    @Test func `handles that stand for nothing are known as such`() {
        let table = HandleTable<Int>(limit: 3)
        #expect(table[0] == nil && table[1] == nil && table[.max] == nil)
        _ = table.add(7)
        #expect(table[1] == 7 && table[2] == nil && table[.max] == nil)
    }

    @Test func `entries go with their table, and none is lost`() {
        final class Counted: Sendable {
            let alive: Alive
            init(_ alive: Alive) {
                self.alive = alive
                alive.count.wrappingAdd(1, ordering: .relaxed)
            }
            deinit { alive.count.wrappingSubtract(1, ordering: .relaxed) }
        }
        final class Alive: Sendable { let count = Atomic<Int>(0) }
        let alive = Alive()
        var table: HandleTable<Counted>? = HandleTable(limit: 100)
        for _ in 0..<50 { _ = table?.add(Counted(alive)) }
        #expect(alive.count.load(ordering: .relaxed) == 50)
        table = nil
        #expect(alive.count.load(ordering: .relaxed) == 0)
    }

    @Test func `readers see whole entries while others are added`() async {
        let table = HandleTable<[Int]>(limit: 4096)
        await withTaskGroup { group in
            group.addTask { @concurrent in
                for number in 1...4096 { _ = table.add([number, -number]) }
            }
            for _ in 0..<3 {
                group.addTask { @concurrent in
                    for _ in 0..<2000 {
                        let seen = table.count
                        #expect(table[UInt64(seen)] == (seen == 0 ? nil : [seen, -seen]))
                    }
                }
            }
        }
        #expect(table.count == 4096)
    }
}
