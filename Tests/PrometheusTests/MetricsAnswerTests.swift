import CAgentPlugin
import PluginTestSupport
import Testing

struct MetricsAnswerTests {
    @Test(
        arguments: [
            ("", "text"),
            ("*/*", "text"),
            ("image/png", "text"),
            ("text/plain;version=0.0.4", "text"),
            ("text/plain;version=0.0.4;q=0.5, application/openmetrics-text;q=0.4", "text"),
            ("application/openmetrics-text; version=0.0.1", "text"),
            ("application/openmetrics-text;q=0", "text"),
            ("application/openmetrics-text; version=\"1.0.0\"", "open"),
            ("text/plain;q=0.5, Application/OpenMetrics-Text;q=0.5", "open"),
            ("*/*;q=0.1, application/openmetrics-text;version=1.0.0;q=0.9", "open"),
            (
                """
                application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;\
                escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2
                """, "open"
            ),
            ("text/plain;q=0", "none"),
            ("*/*;q=0", "none"),
            (";;,=,q=,;q=x", "text"),
        ]) func `the format is what Accept likes best`(accept: String, format: String) throws
    {
        let answer = try LoadedPlugin().answer(FakeSnapshot([]), accept: accept)
        switch format {
        case "text": #expect(answer.headers["Content-Type"]?.hasPrefix("text/plain") == true)
        case "open": #expect(answer.headers["Content-Type"]?.contains("openmetrics") == true)
        default: #expect(answer.status == 406)
        }
    }

    @Test(
        arguments: [
            ("gzip", true), ("GZIP;q=0.2", true), ("*", true), ("deflate, gzip", true),
            ("", false), ("identity", false), ("gzip;q=0, *", false), ("br", false),
        ]) func `gzip is used where it is accepted`(acceptEncoding: String, packs: Bool) throws
    {
        let answer = try LoadedPlugin().answer(manySeries, acceptEncoding: acceptEncoding)
        #expect(answer.headers["Content-Encoding"] == (packs ? "gzip" : nil))
        #expect((packs ? answer.unpacked : answer.text) == manyLines)
    }

    @Test func `gzip level 0 never compresses`() throws {
        let plugin = try LoadedPlugin(settings: #"{"gzip_level": 0}"#)
        #expect(plugin.answer(manySeries, acceptEncoding: "gzip").text == manyLines)
    }

    @Test func `a long answer is streamed in pieces of 32 KiB`() throws {
        let writes = try LoadedPlugin().answer(manySeries).writes
        #expect(writes.count > 10)
        #expect(writes.dropLast().allSatisfy { (32 << 10...33 << 10).contains($0) })
    }

    @Test func `a client that goes away ends the answer`() throws {
        let answer = try LoadedPlugin().answer(manySeries, closingAfter: 2)
        #expect(answer.result == AGENT_CLOSED)
        #expect(answer.writes.count == 2)
    }

    @Test func `HEAD is answered as GET is, for the host to tell how long that would be`() throws {
        for encoding in ["", "gzip"] {
            let plugin = try LoadedPlugin()
            let head = plugin.answer(manySeries, method: "HEAD", acceptEncoding: encoding)
            let get = plugin.answer(manySeries, acceptEncoding: encoding)
            #expect(head.status == 200 && head.headers == get.headers)
            #expect(head.body == get.body && !head.body.isEmpty)
        }
    }

    @Test func `another method is refused and told which there are`() throws {
        let answer = try LoadedPlugin().answer(FakeSnapshot([]), method: "POST")
        #expect(answer.status == 405)
        #expect(answer.headers["Allow"] == "GET, HEAD")
    }

    @Test(
        arguments: [
            (nil, 401), ("", 401), ("Bearer", 401), ("Bearer t0keN", 401), ("Bearer t0ke", 401),
            ("Bearer t0kent0ken", 401), ("Basic t0ken", 401), ("Bearer t0ken", 200),
            ("bearer  t0ken", 200),
            // "scraper:open sesame", and the same with another user
            ("Basic c2NyYXBlcjpvcGVuIHNlc2FtZQ==", 200),
            ("Basic U2NyYXBlcjpvcGVuIHNlc2FtZQ==", 401),
        ] as [(String?, UInt32)])
    func `only who brings the credentials is admitted`(
        authorization: String?, status: UInt32
    ) throws {
        let plugin = try LoadedPlugin(
            settings: """
                {"bearer_token": {"secret": "TOKEN"}, "basic_user": "scraper",
                 "basic_password": {"secret": "PASSWORD"}}
                """)
        let answer = plugin.answer(FakeSnapshot([]), authorization: authorization)
        #expect(answer.status == status)
        #expect((answer.headers["WWW-Authenticate"] != nil) == (status == 401))
    }

    @Test(
        arguments: [
            (#"{"path": "metrics"}"#, "path"),
            (#"{"path": 5}"#, "accepted: a string"),
            (#"{"gzip_level": 10}"#, "accepted: 0 to 9"),
            (#"{"gzip": 1}"#, "unknown"),
            (#"{"basic_user": "a"}"#, "basic_password"),
            (#"{"bearer_token": {"secret": "NONE"}}"#, "NONE"),
            (#"{"bearer_token": ""}"#, "is empty"),
            (#"{"basic_user": "a:b", "basic_password": "c"}"#, "cannot contain"),
            (#"[]"#, "accepted: an object"),
        ]) func `wrong settings are refused with their reason`(settings: String, word: String)
    {
        let failure = #expect(throws: PluginInstance.Refused.self) {
            try LoadedPlugin(settings: settings)
        }
        #expect(failure?.description.contains(word) == true, "\(failure?.description ?? "")")
    }

    @Test func `the path is the one in the settings`() throws {
        #expect(try LoadedPlugin(settings: #"{"path": "/m"}"#).path == "/m")
        #expect(try LoadedPlugin().path == "/metrics")
    }
}

private let seriesCount = 20_000

private var manySeries: FakeSnapshot {
    let series = (0..<seriesCount).map {
        FakeSnapshot.Series(labels: "device=\"\($0)\"", value: agent_i64(Int64($0)))
    }
    return FakeSnapshot(
        [.init(kind: AGENT_METRIC_LAST_VALUE, name: "g", series: series)], largestBatch: 128)
}

private let manyLines =
    "# TYPE g gauge\n" + (0..<seriesCount).map { "g{device=\"\($0)\"} \($0)\n" }.joined()
