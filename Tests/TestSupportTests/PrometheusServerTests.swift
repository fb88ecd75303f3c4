import TestSupport
import Testing

struct PrometheusServerTests {
    @Test func `a real server scrapes a target and answers queries about it`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("a_total{path=\"x y\"} 41\n", to: "metrics")
        let target = try await FileServer(showing: directory)
        let prometheus = try await PrometheusServer(scraping: target.port)

        let sample = try await waitFor("a scraped sample") {
            try await prometheus.query("a_total + 1").first
        }
        #expect(sample.value == 42)
        #expect(sample.labels["path"] == "x y")
        #expect(sample.labels["job"] == "test")
        #expect(try await prometheus.targets().map(\.health) == ["up"])
        #expect(try await prometheus.query("scalar(a_total)").map(\.value) == [41])
    }

    @Test func `a refused query says why`() async throws {
        let prometheus = try await PrometheusServer(scraping: freePort())
        let failure = await #expect(throws: PrometheusServer.Refused.self) {
            try await prometheus.query("a_total{")
        }
        #expect(failure?.description.contains("parse error") == true)
    }
}
