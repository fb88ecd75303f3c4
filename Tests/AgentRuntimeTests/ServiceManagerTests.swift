import AgentConfiguration
import Glibc
import TestSupport
import Testing

@testable import AgentRuntime

struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func `a message is one datagram of assignments`(isAbstract: Bool) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("notify")
        let socket = try NotifySocket(isAbstract ? "@\(path)" : path)
        let manager = try #require(
            ServiceManager(environment: ["NOTIFY_SOCKET": isAbstract ? "@\(path)" : path]))
        #expect(manager.tell(["READY=1", "STATUS=two\nlines"]))
        #expect(socket.next() == "READY=1\nSTATUS=two lines")
        #expect(manager.watchdog == nil)
    }

    @Test func `a message to nobody is lost without harm`() throws {
        let directory = try TemporaryDirectory()
        let manager = try #require(
            ServiceManager(environment: ["NOTIFY_SOCKET": directory.path("nobody")]))
        #expect(!manager.tell(["READY=1"]))
    }

    @Test(arguments: ["", "relative", "/", "vsock:2:1", "/\(String(repeating: "a", count: 107))"])
    func `what names no socket is no service manager`(name: String) {
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": name]) == nil)
        #expect(ServiceManager(environment: [:]) == nil)
    }

    @Test(
        arguments: [
            ("30000000", nil, 30), ("30000000", "7", 30), ("30000000", "8", nil), ("0", nil, nil),
            ("-1", nil, nil), ("soon", "7", nil), (nil, nil, nil),
        ] as [(String?, String?, Int?)])
    func `the watchdog is for the process it names`(
        time: String?, process: String?, seconds: Int?
    ) {
        var variables = ["NOTIFY_SOCKET": "/run/notify"]
        variables["WATCHDOG_USEC"] = time
        variables["WATCHDOG_PID"] = process
        let manager = ServiceManager(environment: Environment(variables), processID: 7)
        #expect(manager?.watchdog == seconds.map { Duration.seconds($0) })
    }
}
