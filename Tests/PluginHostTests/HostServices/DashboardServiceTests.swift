import CAgentPlugin
import Testing

@testable import PluginHost

struct DashboardServiceTests {
    private func dashboards(_ libraries: [PluginLibrary]) throws -> [String] {
        let host = try ProbeHost(libraries: libraries)
        let table = try #require(
            host.interface(AGENT_HOST_DASHBOARDS_V1, as: agent_host_dashboards_v1.self))
        var uids: [String] = []
        while uids.count < 10 {
            var found = agent_dashboard_def()
            found.size = UInt32(MemoryLayout<agent_dashboard_def>.size)
            let status = table.dashboard?(host.pointer, UInt32(uids.count), &found)
            guard status == AGENT_OK else {
                #expect(status == AGENT_END)
                break
            }
            uids.append(LogService.lenient(found.uid))
        }
        host.context.close()
        #expect(table.dashboard?(host.pointer, 0, nil) == AGENT_INVALID)
        var closed = agent_dashboard_def()
        #expect(table.dashboard?(host.pointer, 0, &closed) == AGENT_CLOSED)
        return uids
    }

    @Test func `every library's dashboards are shown, once, however many instances run`() throws {
        let loader = try HostUnderTest()
        let boards = try loader.host.load(loader.spec("dashboards-good"))
        let without = try loader.host.load(loader.spec("good"))
        #expect(try dashboards([]) == [])
        #expect(try dashboards([without]) == [])
        #expect(try dashboards([without, boards, without, boards]) == ["fixture-overview"])
    }
}
