import Testing

@testable import AgentRuntime

struct StartMemoryTests {
    @Test func `the program goes on with its code and constants when their pages were given back`()
    {
        let before = TextTable(["a", "b"]).text(width: 80)
        for _ in 0..<10 { #expect(StartMemory.giveBack() > 0) }
        #expect(TextTable(["a", "b"]).text(width: 80) == before && !before.isEmpty)
    }
}
