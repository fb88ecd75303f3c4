import Glibc
import TestSupport
import Testing

@testable import AgentRuntime

struct ProcessFiguresTests {
    @Test func `the figures are those of this process`() throws {
        let figures = ProcessFigures.read()
        #expect(figures.cpuTime > 0)
        #expect(figures.residentBytes > 1 << 20)
        #expect(figures.virtualBytes > figures.residentBytes)
        #expect(figures.openFiles >= 3)
        #expect(figures.maximumFiles >= figures.openFiles)
        #expect(figures.threads >= 1)
    }

    @Test func `the process started before now and after the machine`() {
        let started = ProcessFigures.startTime()
        let now = Int64(time(nil)) * 1000
        var boot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &boot)
        // The kernel counts in hundredths of a second, and the boot's time in whole seconds.
        #expect(started <= now + 2000)
        #expect(started >= now - Int64(boot.tv_sec) * 1000 - 2000)
    }
}
