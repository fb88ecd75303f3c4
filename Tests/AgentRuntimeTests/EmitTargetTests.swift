import AgentConfiguration
import Testing

@testable import AgentRuntime

struct EmitTargetTests {
    @Test(
        arguments: [
            ("127.0.0.1:9568", nil, "Host: 127.0.0.1:9568\r\nConnection: close\r\n"),
            (":9568", nil, "Host: localhost:9568\r\nConnection: close\r\n"),
            ("[::1]:80", nil, "Host: [::1]:80\r\nConnection: close\r\n"),
            (
                "agent.example.net:1", Secret("s3cret"),
                "Host: agent.example.net:1\r\nConnection: close\r\nAuthorization: Bearer s3cret\r\n"
            ),
        ] as [(String, Secret?, String)])
    func `a request names the agent as the agent names itself, and brings the token it has`(
        address: String, token: Secret?, fields: String
    ) throws {
        let address = try #require(ListenAddress(address))
        #expect(
            EmitTarget.head(to: address, token: token, length: 7)
                == "POST /api/v2/write HTTP/1.1\r\n\(fields)Content-Length: 7\r\n\r\n")
    }

    @Test(arguments: [
        "", "http://", "https://127.0.0.1:9568", "127.0.0.1:9568", "http://127.0.0.1",
        "http://127.0.0.1:0", "http://127.0.0.1:70000", "http://127.0.0.1:9568/path",
        "http://a b:1", "http://user@host:1",
    ])
    func `an address that is none is refused`(url: String) {
        #expect(throws: CommandFailure.self) {
            try EmitTarget(socket: nil, url: url, config: nil)
        }
    }
}
