import Automation
import PubSub
import Redaction
import Repo
import TestSupport
import Testing

/// What is stored and told of runs whose commands, output or failures have secrets in them.
struct RunRedactionTests {
    private static let output = "begin\npassword=hunter22 kept\nlast line"

    private func bench(redactsOutput: Bool = true, maxOutputBytes: Int = 1 << 20) async throws
        -> Bench
    {
        var settings = AutomationSettings(devices: [Bench.device])
        settings.redactsOutput = redactsOutput
        settings.maxOutputBytes = maxOutputBytes
        return try await Bench(settings)
    }

    @Test func `a command is carried out as it was asked for, and told without its secrets`()
        async throws
    {
        let bench = try await bench(redactsOutput: false)
        let run = try await bench.finish("print", "token=abcdef", "--password", "hunter22")
        #expect(
            run.command == ["print", "token=[redacted]", "--password", "[redacted]"])
        #expect(try await bench.output(of: run.id) == Array("token=abcdef".utf8))
    }

    @Test func `who asks, who cancels and what fails is told without secrets`() async throws {
        let bench = try await bench()
        var request = bench.request("hang")
        request.requestedBy = "ann password=hunter22"
        request.correlationID = "token=abcdef"
        let run = try await bench.automation.executeRun(request)
        #expect(run.requestedBy == "ann password=[redacted]")
        #expect(run.correlationID == "token=[redacted]")
        try await bench.automation.cancelRun(run.id, requestedBy: "ann token=abcdef")
        #expect(try await bench.end(of: run.id).message == "canceled by ann token=[redacted]")
        let failed = try await bench.finish("complain", "cannot reach http://me:hunter22@x/")
        #expect(failed.message == "cannot reach http://me:[redacted]@x/")
    }

    @Test func `output is as it came unless it is to be redacted`() async throws {
        let bench = try await bench(redactsOutput: false)
        let run = try await bench.finish("print", Self.output)
        #expect(try await bench.output(of: run.id) == Array(Self.output.utf8))
    }

    @Test func `a secret in two pieces of output is neither stored nor shown, at any place`()
        async throws
    {
        let bench = try await bench()
        let clean = Array("begin\npassword=[redacted] kept\nlast line".utf8)
        let bytes = Array(Self.output.utf8)
        for cut in 0...bytes.count {
            let pieces = [bytes[..<cut], bytes[cut...]].map { String(decoding: $0, as: UTF8.self) }
            let run = try await bench.automation.executeRun(
                bench.request("print", pieces[0], "print", pieces[1]))
            var seen: [UInt8] = []
            for try await case .chunks(let chunks) in bench.automation.follow(run.id) {
                seen += chunks.flatMap(\.bytes)
            }
            #expect(seen == clean)
            #expect(try await bench.output(of: run.id) == clean)
            let ended = try await bench.end(of: run.id)
            #expect(ended.bytes == Int64(clean.count))
        }
    }

    @Test func `output that is no text comes through whole, and its limit holds`() async throws {
        let bench = try await bench(maxOutputBytes: 1_000_000)
        let whole = try await bench.finish("flood", "700000")
        #expect(try await bench.output(of: whole.id) == [UInt8](repeating: 0xff, count: 700_000))
        #expect(!whole.isTruncated && whole.bytes == 700_000)
        let cut = try await bench.finish("flood", "5000000")
        #expect(cut.isTruncated && cut.bytes == 1_000_000)
        #expect(try await bench.output(of: cut.id).count == 1_000_000)
    }
}
