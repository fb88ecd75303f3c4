import Glibc
import NIOCore
import TestSupport
import Testing

@testable import AgentRuntime

struct ResponsePipeTests {
    private static let head = ResponsePipe.Head(status: 200, headers: [])

    /// A pipe whose writer waits for a minute, which no test takes, or not at all.
    private func pipe(capacity: Int = 8, patience: Int64 = 60_000_000_000) -> ResponsePipe {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return ResponsePipe(
            capacity: capacity,
            deadline: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec) + patience)
    }

    private func write(_ pipe: ResponsePipe, _ text: String) -> ResponsePipe.WriteOutcome {
        Array(text.utf8).withUnsafeBytes { pipe.write($0) }
    }

    private func text(_ piece: ResponsePipe.Piece) -> String? {
        guard case .bytes(let bytes) = piece else { return nil }
        return String(buffer: bytes)
    }

    @Test func `an answer comes out as it was written: head, pieces, end`() async {
        let pipe = pipe(capacity: 100)
        #expect(pipe.begin(Self.head) == .written)
        #expect(write(pipe, "one") == .written)
        #expect(write(pipe, "") == .written)
        #expect(write(pipe, "two") == .written)
        pipe.finish(.complete)
        #expect(await pipe.next() == .head(Self.head))
        var all = ""
        while case let piece = await pipe.next(), piece != .end(.complete) {
            all += text(piece) ?? "?"
        }
        #expect(all == "onetwo")
        #expect(await pipe.next() == .end(.complete))
    }

    @Test func `what is out of order is told so`() {
        let pipe = pipe()
        #expect(write(pipe, "x") == .misplaced)
        #expect(pipe.begin(Self.head) == .written)
        #expect(pipe.begin(Self.head) == .misplaced)
        pipe.finish(.complete)
        #expect(write(pipe, "x") == .misplaced)
        #expect(pipe.begin(Self.head) == .misplaced)
    }

    @Test func `a reader that is cancelled waits no longer for a writer that hangs`() async {
        let pipe = pipe()
        let reader = Task { await pipe.next() }
        reader.cancel()
        #expect(
            await reader.value == .end(.refused(status: 503, reason: "the agent is stopping")))
        #expect(pipe.begin(Self.head) == .misplaced && write(pipe, "late") == .misplaced)
    }

    @Test func `only the first end counts`() async {
        let pipe = pipe()
        pipe.finish(.refused(status: 404, reason: "no"))
        pipe.finish(.complete)
        #expect(await pipe.next() == .end(.refused(status: 404, reason: "no")))
    }

    @Test func `no more than the capacity is on its way, however much is written`() async throws {
        let pipe = pipe()
        let text = String(repeating: "abcdefghijkl", count: 1000)
        async let written = onOwnThread {
            _ = pipe.begin(Self.head)
            let outcome = Array(text.utf8).withUnsafeBytes { pipe.write($0) }
            pipe.finish(.complete)
            return outcome
        }
        #expect(await pipe.next() == .head(Self.head))
        var all = ""
        while case .bytes(let bytes) = await pipe.next() {
            #expect(bytes.readableBytes <= 8)
            all += String(buffer: bytes)
        }
        #expect(all == text)
        #expect(try await written == .written)
    }

    @Test func `a reader that goes away ends a writer that waits`() async throws {
        let pipe = pipe()
        async let outcome = onOwnThread {
            _ = pipe.begin(Self.head)
            return Array(repeating: UInt8(1), count: 100).withUnsafeBytes { pipe.write($0) }
        }
        #expect(await pipe.next() == .head(Self.head))
        // The writer has filled the pipe, or is about to: both ways it is told.
        pipe.close()
        #expect(try await outcome == .closed)
        #expect(pipe.begin(Self.head) == .closed)
        #expect(write(pipe, "x") == .closed)
    }

    @Test func `a reader that does not read ends the writing at the deadline`() {
        let pipe = pipe(patience: 0)
        #expect(pipe.begin(Self.head) == .written)
        #expect(write(pipe, "12345678") == .written)
        #expect(write(pipe, "9") == .timedOut)
    }

    @Test func `a piece that is larger than the capacity passes in parts`() async throws {
        let pipe = pipe(capacity: 3, patience: 0)
        #expect(pipe.begin(Self.head) == .written)
        #expect(write(pipe, "1234") == .timedOut)
        #expect(await pipe.next() == .head(Self.head))
        #expect(text(await pipe.next()) == "123")
    }
}
