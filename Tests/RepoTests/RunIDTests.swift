import Repo
import Testing

struct RunIDTests {
    @Test func `ids made one after the other sort so, by the microsecond`() {
        let ids = (0..<200).map { _ in
            waitTwoMicroseconds()
            return RunID()
        }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func `an id says its version and variant`() {
        let text = Array(RunID().text)
        #expect(text.count == 36)
        #expect(text[14] == "7")
        #expect("89ab".contains(text[19]))
    }

    @Test func `what is written can be read`() {
        let id = RunID()
        #expect(RunID(id.text) == id)
        #expect(RunID(id.text.uppercased()) == id)
    }

    @Test(arguments: [
        "", "x", "0190a1b2-0000-7000-8000-00000000000", "0190a1b2x0000-7000-8000-000000000000",
        "../../etc/passwd",
    ])
    func `what is no id is refused`(_ text: String) {
        #expect(RunID(text) == nil)
    }

    private func waitTwoMicroseconds() {
        let end = ContinuousClock.now + .microseconds(2)
        while ContinuousClock.now < end {}
    }
}
