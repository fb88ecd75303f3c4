import Foundation
import TestSupport
import Testing

/// An agent with everything that gives something out, and the corpus on every way in.
struct SecretsScene {
    /// Runs by what is looked at afterwards.
    struct Runs {
        var all: [String] = []
        /// Their output is the corpus.
        var talking: [String] = []
    }

    /// In the text of an error that is logged.
    static let logNeighbour = "neighbour-log"

    let corpus: SecretCorpus
    let secrets: [String]
    let automated: AutomatedAgent
    let deltas: DatagramSink
    let updates: DatagramSink
    let grafana: GrafanaServer
    let grafanaKey: String
    let ways = ["json", "line", "stream-json", "stream-line", "datagram-json", "udp-line"]
    private let words: [String]
    private let push: GrafanaPush

    var agent: RunningAgent { automated.agent }

    init(log: String, redactedEvents: String) async throws {
        var corpus = try SecretCorpus()
        words = (0..<12).map { _ in corpus.word() }
        let key = corpus.word()
        grafanaKey = key
        deltas = try DatagramSink()
        updates = try DatagramSink()
        grafana = try await GrafanaServer("--token", key)
        push = try GrafanaPush("a")
        automated = try await AutomatedAgent(
            #"""
            "devices": [
                { "id": "box", "site": "lab", "local": { "shell": true } },
                { "id": "argv", "site": "lab" },
                { "id": "strict", "site": "edge", "commands": ["echo --token=\#(words[0])"] }
            ],
            "schedules": [
                { "name": "\#(Self.logNeighbour)", "device": "strict", "every": "1s",
                  "command": "echo --password \#(words[0])" }
            ],
            "runs": { "kill_grace": "1s", "drain": "0s" },
            "log": \#(log),
            "redaction": { "run_output": true, "events": \#(redactedEvents) },
            """#,
            intake: #"""
                "unix_stream": { "path": "agent.sock" },
                "unix_datagram": { "path": "agent.dgram" },
                "udp": { "listen": "127.0.0.1:0" }
                """#,
            plugins: Self.plugins(deltas, updates, grafana, push, words[0]),
            metrics: [Self.metric], environment: ["CORPUS_GRAFANA_KEY": key])
        secrets = corpus.secrets + [automated.token]
        self.corpus = corpus
    }

    private static func plugins(
        _ deltas: DatagramSink, _ updates: DatagramSink, _ grafana: GrafanaServer,
        _ push: GrafanaPush, _ word: String
    ) -> [String] {
        [
            #"""
            { "plugin": "StatsD", "name": "deltas", "interval": "100ms", "include": ["corpus_*"],
              "settings": { "address": "127.0.0.1:\#(deltas.port)" } }
            """#,
            #"""
            { "plugin": "StatsD", "name": "updates", "interval": "100ms", "include": ["corpus_*"],
              "settings": { "address": "127.0.0.1:\#(updates.port)", "send": "updates",
                "protocol": "dogstatsd-1.1" } }
            """#,
            // Nobody is there: an error whose text has a secret in it.
            #"""
            { "plugin": "StatsD", "name": "away", "interval": "100ms",
              "settings": { "transport": "unix_datagram",
                "address": "/tmp/\#(logNeighbour)?token=\#(word)/none" } }
            """#,
            #"""
            { "plugin": "Grafana", "settings": {
                "url": "http://127.0.0.1:\#(grafana.port)", "refresh": "1s",
                "api_key": { "env": "CORPUS_GRAFANA_KEY" },
                "dashboards": "\#(push.directory.path("dashboards"))" } }
            """#,
        ]
    }

    private static let metric = #"""
        { "name": "corpus_seen_total", "kind": "counter", "help": "Seen.", "event": "corpus.seen",
          "labels": { "way": "way", "neighbour": "neighbour", "text": "text", "password": "password",
            "client": { "key": "nested.deep.clientSecret", "default": "none" },
            "listed": { "key": "nested.deep.list.0", "default": "none" } } }
        """#

    func get(_ path: String) async throws -> [UInt8] { try await automated.act("GET", path).body }

    /// Looks on at events as they come; a name that is itself a secret is shown, as nothing tells it from others.
    func tap(_ arguments: String...) async throws -> ChildProcess {
        let patterns = ["tap", "corpus.seen", "net_auto.run.created", "net_auto.runner.*"]
        let tap = try ChildProcess(agentExecutable, patterns + arguments + automated.target)
        _ = try await tap.waitForLine(containing: "tapping")
        return tap
    }

    // MARK: Events

    /// Sends each row by every way that can carry it.
    func sendEvents() async throws {
        expect(
            try await agent.client.post(
                "/v1/events", corpus.rows.map { json($0, "json") }.joined()), 200)
        expect(
            try await agent.client.post("/api/v2/write", lines("line").joined()), 204)
        let stream = try Connection(unix: agent.streamSocket)
        for row in corpus.rows { try stream.send(json(row, "stream-json")) }
        for line in lines("stream-line") { try stream.send(line) }
        let datagrams = try Connection(unix: agent.datagramSocket, datagram: true)
        for row in corpus.rows { try datagrams.send(json(row, "datagram-json")) }
        let packets = try Connection(.udp, port: try agent.udpPort)
        for line in lines("udp-line") { try packets.send(line) }
        // What is wrong is told of as well.
        expect(
            try await agent.client.post(
                "/v1/events",
                #"{"event": "corpus.seen", "measurements": {"password=\#(words[1])": "\#(words[1])"}}"#
            ), 400)
        try stream.send("corpus.seen,password=\(words[1]) count=token=\(words[1])\n")
        try stream.send("corpus.\(words[1]),password=\(words[1]) count=1i\n")
    }

    private func json(_ row: SecretCorpus.Row, _ way: String) -> String {
        let event: [String: Any] = [
            "event": "corpus.seen", "measurements": ["count": 1], "correlation_id": row.text,
            "metadata": [
                "way": way, "neighbour": row.neighbour, "text": row.text, "password": words[2],
                "nested": ["deep": ["clientSecret": words[3], "list": [row.text, words.count]]],
            ],
        ]
        let data = try? JSONSerialization.data(withJSONObject: event)
        return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
    }

    private func lines(_ way: String) -> [String] {
        corpus.rows.filter(\.isOneLine).map { row in
            let text = row.text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "corpus.seen,way=\(way),neighbour=\(row.neighbour),password=\(words[4]) "
                + "count=1i,text=\"\(text)\"\n"
        }
    }

    // MARK: Runs

    /// Commands with secrets, output with secrets, and what is refused.
    func startRuns() async throws -> Runs {
        let file = try agent.directory.write(
            corpus.rows.map { "\($0.text)\n\($0.neighbour)\n" }.joined(), to: "corpus.out")
        var runs = Runs()
        // In small pieces, and in one.
        for command in ["dd if=\(file) bs=13 status=none", "cat \(file) >&2"] {
            runs.talking.append(try await automated.start(command))
        }
        let comments = corpus.rows.filter(\.isOneLine).map { "# \($0.text)\n" }.joined()
        runs.all =
            try await runs.talking + [
                automated.start("true neighbour-script\n\(comments)"),
                start(["true", "neighbour-words", "--password", words[5], "TOKEN=\(words[5])"]),
                start(["/nowhere/mysql", "-p\(words[6])", "--api-key=\(words[6])"]),
            ]
        let sleeper = try await automated.start("sleep 600 # token=\(words[7])")
        let cancel = try await automated.act(
            "POST", "/v1/runs/\(sleeper)/cancel", #"{"requested_by": "token=\#(words[7])"}"#)
        expect(cancel, 202)
        runs.all.append(sleeper)
        return runs
    }

    private func start(_ words: [String]) async throws -> String {
        let body = try JSONSerialization.data(
            withJSONObject: [
                "device_id": "argv", "command": words, "wait": "60s",
                "requested_by": "me password=\(self.words[8])",
                "correlation_id": "token=\(self.words[8])",
            ])
        let answer = try await automated.act(
            "POST", "/v1/runs", String(decoding: body, as: UTF8.self))
        expect(answer, 201)
        return try #require(try automated.object(answer)["id"] as? String)
    }

    /// Texts that fit into every field of a request.
    private var short: [SecretCorpus.Row] {
        corpus.rows.filter { $0.isOneLine && $0.text.utf8.count < 90 }
    }

    /// The neighbours of what was told by a way that not every row fits into.
    func neighbours(of way: String) -> [String] { short.map(\.neighbour) }

    /// Requests that are refused, with secrets wherever there is room for one.
    func askForTooMuch() async throws {
        for row in short {
            let body = try JSONSerialization.data(
                withJSONObject: [
                    "device_id": row.text, "command": row.text, "requested_by": row.text,
                    "correlation_id": "\(row.neighbour) \(row.text)",
                ])
            expect(
                try await agent.client.request(
                    "POST", "/v1/runs",
                    headers: [
                        "Authorization": "Bearer \(automated.token)", "User-Agent": row.text,
                    ], body: Array(body)), 422)
        }
        let sites = try JSONSerialization.data(
            withJSONObject: ["sites": ["lab": 100, "token=\(words[9])": 1]])
        expect(
            try await automated.act(
                "PUT", "/v1/quota", String(decoding: sites, as: UTF8.self)), 422)
        let client = agent.client
        for headers in [
            ["Authorization": "Bearer \(words[10])"], ["Authorization": "Basic \(words[10])"],
            ["Authorization": words[10]], ["Host": "\(words[10]).example"],
            ["Origin": "http://\(words[10]).example", "Cookie": "a=b; sid=\(words[10])"],
        ] as [KeyValuePairs<String, String>] {
            let path = "/v1/audit?token=\(words[10])"
            let answer = try await client.get(path, headers: headers)
            #expect(answer.status == 401 || answer.status == 403, "\(answer.text)")
        }
        _ = try await client.get("/v1/runs/\(words[10])?password=\(words[10])")
        let owner = #"{"site": "lab", "owner": "neighbour-owner token=\#(words[11])"}"#
        holds.client = try StandingClient(
            port: agent.port,
            sending: "POST /v1/quota/holds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + "\(automated.token)\r\nContent-Length: \(owner.utf8.count)\r\n\r\n\(owner)")
    }

    /// Holds a place of the quota as long as the scene lasts.
    private let holds = Holds()

    private final class Holds {
        var client: StandingClient?
    }

    private func expect(_ answer: HTTPResponse, _ status: Int) {
        #expect(answer.status == status, "\(answer.text)")
    }

    // MARK: Waiting

    /// Waits until everything that was sent has come out.
    func wait(for runs: Runs) async throws {
        for run in runs.all { _ = try await automated.run(run, until: "ok", "error", "canceled") }
        let expected = corpus.rows.count * 3 + lines("").count * 3
        try await waitUntil("all events in the metrics") {
            let samples = try await agent.samples()
            return samples.filter { $0.key.hasPrefix("corpus_seen_total") }.values.reduce(0, +)
                == Double(expected)
        }
        let neighbours = corpus.rows.map { Data($0.neighbour.utf8) } + ways.map { Data($0.utf8) }
        for sink in [deltas, updates] {
            try await waitUntil("all of them at a receiver") {
                let data = Data(sink.bytes)
                return neighbours.allSatisfy { data.range(of: $0) != nil }
            }
        }
        try await waitUntil("the dashboard") {
            try await grafana.state().dashboards["agent-a"] != nil
        }
        try await waitUntil("all entries of the audit log") {
            let log = Data(try await get("/v1/audit?limit=1000"))
            return short.allSatisfy { log.range(of: Data($0.neighbour.utf8)) != nil }
        }
        try await waitUntil("the hold") {
            String(decoding: try await get("/v1/quota"), as: UTF8.self).contains("neighbour-owner")
        }
        _ = try await agent.process.waitForLine(
            containing: Self.logNeighbour)
    }

    // MARK: The store

    /// Every byte in its files.
    func storeBytes() throws -> [UInt8] {
        let directory = agent.directory.path("run")
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            .filter { $0.hasPrefix("agent.db") }
            .reduce(into: []) { bytes, name in
                bytes += Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")))
            }
    }
}
