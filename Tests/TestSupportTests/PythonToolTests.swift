import TestSupport
import Testing

struct PythonToolTests {
    @Test(arguments: [
        ("# TYPE a counter\na_total{x=\"\\\"\\n\"} 1\n# EOF\n", ChildProcess.Exit.code(0)),
        ("# TYPE a counter\na_total 1\n", .code(1)),
        ("# TYPE a counter\na 1\n# EOF\n", .code(1)),
    ])
    func `OpenMetrics is judged by a parser made by others`(
        exposition: String, exit: ChildProcess.Exit
    ) async throws {
        let outcome = try await PythonTool.openMetricsCheck.run(input: Array(exposition.utf8))
        #expect(outcome.exit == exit, "\(outcome.errors)")
        #expect((outcome.output == "families=1 samples=1\n") == (exit == .code(0)))
    }

    @Test(arguments: [("{\"port\": 1}", ChildProcess.Exit.code(0)), ("{\"prot\": 1}", .code(1))])
    func `a document is checked against a schema`(
        document: String, exit: ChildProcess.Exit
    ) async throws {
        let directory = try TemporaryDirectory()
        let schema = try directory.write(
            #"{"properties": {"port": {}}, "additionalProperties": false}"#, to: "schema.json")
        let file = try directory.write(document, to: "document.json")
        let outcome = try await PythonTool.jsonSchemaCheck.run([schema, file])
        #expect(outcome.exit == exit, "\(outcome.errors)")
    }

    @Test func `the stock client reports a server that does not take its points`() async throws {
        let server = try await FileServer(showing: TemporaryDirectory())
        let outcome = try await PythonTool.influxSend.run(["http://127.0.0.1:\(server.port)", "2"])
        #expect(outcome.exit == .code(1))
        #expect(outcome.errors.contains("501"))
    }
}
