import Foundation
import TestSupport
import Testing

/// The live page in a real browser, used as people use it.
@Suite(.serialized) struct LivePageBrowserTests {
    private static let live = #"document.body.dataset.state === "live""#

    private func address(_ agent: RunningAgent, _ rest: String = "") -> String {
        "http://127.0.0.1:\(agent.port)/\(rest)"
    }

    @Test
    func `it loads without an error, shows what there is, and numbers move when a run starts`()
        async throws
    {
        let automated = try await AutomatedAgent()
        let done = try await automated.start("echo before; exit 3")
        _ = try await automated.run(done, until: "error")
        try await Browser.visiting(address(automated.agent)) { browser in
            try await browser.wait(until: Self.live)
            try await browser.wait(for: "echo before", in: "#run-rows")
            try await browser.wait(for: "exit_code", in: "#errors")
            try await browser.wait(for: "0 / 4", in: "#quota-global")
            try await browser.wait(for: "prometheus", in: "#plugins")
            try await browser.wait(for: "MiB", in: "#tile-memory")
            try await browser.wait(
                until: "document.querySelector('#tile-cpu .line').getAttribute('d').includes('L')")
            #expect(try await browser.text(of: "#tile-active .value") == "0")

            let id = try await automated.start("echo hello; sleep 600")
            try await browser.wait(for: "1", in: "#tile-active .value")
            try await browser.wait(for: "1 / 4", in: "#quota-global")
            try await browser.wait(
                for: "running", in: "#run-rows [data-key=\"\(id)\"] [data-part=status]")
            _ = try await automated.act("POST", "/v1/runs/\(id)/cancel")
            try await browser.wait(
                for: "canceled", in: "#run-rows [data-key=\"\(id)\"] [data-part=status]")
            try await browser.wait(for: "0 / 4", in: "#quota-global")
            try await browser.wait(
                until: "document.querySelector('#tile-active .value').innerText === '0'")
            #expect(try await browser.errors() == [])
        }
    }

    @Test func `a run is started, followed live and canceled with the token`() async throws {
        let automated = try await AutomatedAgent()
        try await Browser.visiting(address(automated.agent)) { browser in
            try await browser.wait(until: Self.live)
            try await browser.click("#start")
            // Without the token it is asked for first; a wrong one is told.
            try await browser.wait(until: "document.getElementById('token-dialog').open")
            try await browser.type("wrong", into: "#token-text")
            try await browser.press("\u{E007}")
            try await browser.wait(until: "document.getElementById('start-dialog').open")
            try await browser.type("echo one; sleep 1; echo two; sleep 600", into: "#start-command")
            try await browser.click("#start-go")
            try await browser.wait(for: "the token is not the agent's", in: "#token-dialog")
            #expect(try await automated.runCount() == 0)
            try await browser.type(automated.token, into: "#token-text")
            try await browser.press("\u{E007}")
            try await browser.wait(until: "document.getElementById('start-dialog').open")
            try await browser.click("#start-go")

            try await browser.wait(for: "echo one", in: "#run-rows")
            let id = try await browser.evaluate(
                "document.querySelector('#run-rows').firstChild.dataset.key")
            try await browser.click("#run-rows [data-key=\"\(id)\"] button")
            try await browser.wait(until: "document.getElementById('run').open")
            try await browser.wait(for: "two", in: "#run-output")
            let output = "document.getElementById('run-output').textContent"
            #expect(try await browser.evaluate(output) == "one\ntwo\n")
            try await browser.click("#run-cancel")
            _ = try await automated.run(id, until: "canceled")
            try await browser.wait(for: "canceled", in: "#run-status")
            try await browser.wait(until: "document.getElementById('run-cancel').hidden")
            // The token is nowhere but in the memory of the page.
            #expect(
                try await browser.evaluate("sessionStorage.length + localStorage.length") == "0")
            #expect(try await browser.evaluate("document.cookie") == "")
            try await browser.press("\u{E00C}")
            try await browser.wait(until: "!document.getElementById('run').open")
        }
    }

    @Test(.enabled("this machine has a name but the loopback's") { OutwardAddress.ipv4 != nil })
    func
        `from another machine it asks for the token, refuses a wrong one, and loads and acts with the right one`()
        async throws
    {
        let host = try #require(OutwardAddress.ipv4)
        let automated = try await AutomatedAgent(host: "0.0.0.0")
        let agent = automated.agent
        try await Browser.visiting("http://\(host):\(agent.port)/") { browser in
            let dialog = "document.getElementById('token-dialog').open"
            try await browser.wait(until: dialog)
            try await browser.wait(for: "needs its token", in: "#token-error")
            #expect(try await browser.evaluate(Self.live) == "false")
            try await browser.type("a-wrong-token", into: "#token-text")
            try await browser.press("\u{E007}")
            try await browser.wait(for: "That token is not the agent's.", in: "#token-error")
            #expect(try await browser.evaluate(dialog) == "true")
            #expect(try await browser.evaluate(Self.live) == "false")
            #expect(try await browser.text(of: "#quota-global") == "")

            try await browser.type(automated.token, into: "#token-text")
            try await browser.press("\u{E007}")
            try await browser.wait(until: Self.live)
            #expect(try await browser.evaluate(dialog) == "false")
            try await browser.wait(for: "0 / 4", in: "#quota-global")
            try await browser.click("#start")
            try await browser.wait(until: "document.getElementById('start-dialog').open")
            try await browser.type("echo from elsewhere", into: "#start-command")
            try await browser.click("#start-go")
            try await browser.wait(for: "echo from elsewhere", in: "#run-rows")
            let id = try await browser.evaluate(
                "document.querySelector('#run-rows').firstChild.dataset.key")
            _ = try await automated.run(id, until: "ok")
            try await browser.click("#run-rows [data-key=\"\(id)\"] button")
            try await browser.wait(for: "from elsewhere", in: "#run-output")

            // Neither token is in an address, in what the page holds, or in what the browser keeps.
            let places = """
                [location.href, document.documentElement.outerHTML, document.cookie,
                 ...[...document.querySelectorAll('input, textarea')].map((field) => field.value),
                 ...performance.getEntries().map((entry) => entry.name),
                 ...Object.values(sessionStorage), ...Object.values(localStorage)].join(' ')
                """
            let seen = try await browser.evaluate(places)
            #expect(seen.contains("/v1/live") && seen.contains("from elsewhere"))
            for token in [automated.token, "a-wrong-token"] { #expect(!seen.contains(token)) }
        }
        let refused = try await automated.act("GET", "/v1/audit?type=auth.refused").text
        #expect(refused.contains("token_missing") && refused.contains("token_wrong"), "\(refused)")
        let told = agent.process.errors + agent.process.output + refused
        for token in [automated.token, "a-wrong-token"] { #expect(!told.contains(token)) }
    }

    @Test
    func `the list of runs is as long as the screen lets it be, whichever way a phone is held`()
        async throws
    {
        let automated = try await AutomatedAgent(
            AutomatedAgent.devices.replacing(#""global": 4"#, with: #""global": 100"#))
        for number in 0..<50 { _ = try await automated.start("echo \(number)", on: "strict") }
        func rows(_ count: Int) -> String {
            "document.querySelectorAll('#run-rows > *').length === \(count)"
        }
        try await Browser.visiting(address(automated.agent)) { browser in
            try await browser.resize(width: 390, height: 844, isPhone: true)
            try await browser.wait(until: Self.live)
            try await browser.wait(until: rows(8))
            try await browser.resize(width: 844, height: 390, isPhone: true)
            try await browser.wait(until: rows(20))
            try await browser.resize(width: 390, height: 844, isPhone: true)
            try await browser.wait(until: rows(8))
            // What was asked for stays.
            try await browser.click("#older")
            try await browser.wait(until: rows(16))
            try await browser.resize(width: 844, height: 390, isPhone: true)
            try await browser.wait(until: rows(28))
            try await browser.click("#older")
            try await browser.wait(until: rows(48))
            #expect(try await browser.errors() == [])
        }
    }

    @Test func `a link to a run opens it however old it is, and says so where it is gone`()
        async throws
    {
        let automated = try await AutomatedAgent(
            AutomatedAgent.devices.replacing(#""global": 4"#, with: #""global": 200"#))
        let old = try await automated.start("echo long ago", on: "strict")
        // More than the page has at first.
        for number in 0..<105 { _ = try await automated.start("echo \(number)", on: "strict") }
        try await Browser.visiting(address(automated.agent, "#run-\(old)")) { browser in
            try await browser.wait(for: "long ago", in: "#run-output")
            #expect(try await browser.text(of: "#run-title") == "echo long ago")
            #expect(try await browser.errors() == [])
        }
        let none = old.replacing("0", with: "1")
        try await Browser.visiting(address(automated.agent, "#run-\(none)")) { browser in
            try await browser.wait(for: "The run \(none) is not kept any more.", in: "#banner")
            #expect(try await browser.errors() == [])
        }
    }

    @Test func `what commands and their output look like is text, whatever they contain`()
        async throws
    {
        let automated = try await AutomatedAgent()
        let command = #"echo '<img src=x onerror=document.title=1>' '<script>'; sleep 600"#
        let id = try await automated.start(command)
        try await Browser.visiting(address(automated.agent, "#run-\(id)")) { browser in
            try await browser.wait(for: "<script>", in: "#run-output")
            #expect(try await browser.text(of: "#run-title") == command)
            let made =
                "document.querySelectorAll('#run-rows img, #run-output *, #run-title *').length"
            #expect(try await browser.evaluate(made) == "0")
            #expect(try await browser.errors() == [])
        }
    }

    @Test func `runs of a site or a status are asked for, and older ones come on asking`()
        async throws
    {
        let automated = try await AutomatedAgent()
        for number in 0..<3 { _ = try await automated.start("echo \(number)", on: "strict") }
        let failed = try await automated.start("exit 1")
        _ = try await automated.run(failed, until: "error")
        try await Browser.visiting(address(automated.agent, "?site=edge")) { browser in
            try await browser.wait(until: Self.live)
            try await browser.wait(until: "document.querySelectorAll('#run-rows > *').length === 3")
            #expect(try await !browser.text(of: "#run-rows").contains("exit 1"))
            try await browser.visit(address(automated.agent, "?status=error"))
            try await browser.wait(until: "document.querySelectorAll('#run-rows > *').length === 1")
            try await browser.wait(for: "exit 1", in: "#run-rows")
        }
    }

    @Test func `it shows when it is stale, and comes back when the agent does`() async throws {
        let directory = try TemporaryDirectory()
        let automated = try await AutomatedAgent(in: directory, port: try await Self.port())
        let id = try await automated.start("echo kept")
        _ = try await automated.run(id, until: "ok")
        try await Browser.visiting(address(automated.agent)) { browser in
            try await browser.wait(until: Self.live)
            try await browser.wait(for: "kept", in: "#run-rows")
            // The agent stands still: the connection is there, and nothing comes.
            automated.agent.process.signal(SIGSTOP)
            try await browser.wait(until: "document.body.hasAttribute('data-stale')")
            try await browser.wait(for: "What is shown is old", in: "#banner")
            automated.agent.process.signal(SIGCONT)
            try await browser.wait(until: Self.live)
            try await browser.wait(until: "document.getElementById('banner').hidden")

            // It goes, and comes again.
            automated.agent.process.signal(SIGKILL)
            try await automated.agent.process.wait()
            try await browser.wait(until: "document.body.dataset.state !== 'live'")
            let second = try await Self.again(automated, in: directory)
            try await browser.wait(until: Self.live)
            let new = try await second.start("echo after the restart")
            try await browser.wait(for: "echo after the restart", in: "#run-rows")
            _ = try await second.run(new, until: "ok")
            try await browser.wait(for: "kept", in: "#run-rows")
        }
    }

    /// A port that the system gives to nobody by itself, so that it is still free when the agent comes back.
    private static func port() async throws -> UInt16 {
        let used = try String(
            contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let lowest =
            used.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) } ?? 32_768
        while true {
            let port = UInt16.random(in: 12_000..<max(lowest, 12_001))
            if (try? Connection(.tcp, port: port)) == nil { return port }
        }
    }

    private static func again(
        _ first: AutomatedAgent, in directory: TemporaryDirectory
    ) async throws -> AutomatedAgent {
        try await waitFor("the agent to come back") {
            try? await AutomatedAgent(in: directory, port: first.agent.port)
        }
    }

    @Test(arguments: [(1280, 900, false), (390, 844, true)], ["light", "dark"])
    func `it fits the screen and can be read, by eye and by keyboard`(
        _ screen: (width: Int, height: Int, isPhone: Bool), _ scheme: String
    ) async throws {
        let automated = try await AutomatedAgent()
        _ = try await automated.start(
            "echo a-rather-long-command-line " + String(repeating: "x", count: 200))
        try await Browser.visiting(address(automated.agent)) { browser in
            try await browser.resize(
                width: screen.width, height: screen.height, isPhone: screen.isPhone)
            try await browser.prefer(scheme: scheme)
            try await browser.wait(until: Self.live)
            try await browser.wait(for: "a-rather-long-command-line", in: "#run-rows")
            // Nothing has to be scrolled for sideways.
            try await browser.wait(
                until: "document.documentElement.scrollWidth <= \(screen.width)")
            let dark = "getComputedStyle(document.body).backgroundColor"
            let ground = try await browser.evaluate(dark)
            #expect(ground == (scheme == "dark" ? "rgb(13, 17, 23)" : "rgb(244, 246, 248)"))
            // The first key leads past the bar; then each control in turn.
            try await browser.press("\u{E004}")
            try await browser.wait(until: "document.activeElement.className === 'skip'")
            try await browser.press("\u{E004}")
            try await browser.wait(until: "document.activeElement.id === 'pause'")
            #expect(
                try await browser.evaluate(
                    "getComputedStyle(document.activeElement).outlineStyle") == "solid")
            for landmark in ["header", "main", "footer", "nav"] {
                #expect(
                    try await browser.evaluate("!!document.querySelector(arguments[0])", landmark)
                        == "true")
            }
            #expect(try await browser.errors() == [])
        }
    }
}
