import AgentConfiguration
import Glibc
import TestSupport
import Testing

@testable import AgentRuntime

struct TokenFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func failure(_ path: String, mustBeThere: Bool = false) -> String? {
        do throws(TokenFile.Failure) {
            _ = try TokenFile(path: path).read(mustBeThere: mustBeThere)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a token is made once, with its directories, for its owner only`() throws {
        let path = directory.path("a/b/agent.token")
        let file = TokenFile(path: path)
        #expect(try file.read(mustBeThere: false) == nil)
        let token = try file.readOrMake()
        #expect(token.revealed().utf8.count == 64)
        #expect(token.revealed().utf8.allSatisfy { $0 < 0x67 && $0 >= 0x30 })
        #expect(try file.readOrMake() == token)
        #expect(try file.read(mustBeThere: true) == token)
        var facts = stat()
        #expect(stat(path, &facts) == 0)
        #expect(facts.st_mode & 0o7777 == 0o600)
        #expect(try TokenFile(path: directory.path("other")).readOrMake() != token)
    }

    @Test func `of many that start at once all have the same token`() async throws {
        let path = directory.path("agent.token")
        let tokens = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { try await onOwnThread { try TokenFile(path: path).readOrMake() } }
            }
            var tokens: Set<Secret> = []
            for try await token in group { tokens.insert(token) }
            return tokens
        }
        #expect(tokens.count == 1)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620, 0o666] as [UInt32])
    func `a file that others may touch is refused`(mode: UInt32) throws {
        let path = try directory.write("0123456789abcdef\n", to: "t")
        #expect(chmod(path, mode) == 0)
        let sentence = try #require(failure(path))
        #expect(
            sentence.hasPrefix("the token's file \(path) has mode \(String(mode, radix: 8)), so"))
    }

    @Test(arguments: [
        "", "short", "0123456789abcdef ghi", "0123456789abcdef\n0123456789abcdef",
        "0123456789abcdefü",
    ])
    func `a file without a token is refused, and not shown`(content: String) throws {
        let path = try directory.write(content, to: "t")
        #expect(chmod(path, 0o600) == 0)
        let sentence = try #require(failure(path))
        #expect(sentence.contains("does not hold a token"))
        #expect(!sentence.contains("0123"))
    }

    @Test func `what is no file is one sentence`() {
        #expect(
            failure(directory.path("none"), mustBeThere: true)?.hasSuffix(
                "No such file or directory") == true)
        #expect(failure("/dev/null")?.contains("is no plain file") == true)
        #expect(failure(directory.path)?.contains("is no plain file") == true)
    }

    @Test func `a token that cannot be kept is one sentence`() {
        let failure = #expect(throws: TokenFile.Failure.self) {
            try TokenFile(path: "/proc/agent.token").readOrMake()
        }
        #expect(
            failure?.description.hasPrefix("the token's file /proc/agent.token cannot be made")
                == true)
    }
}
