/// `http`: the agent's own HTTP server.
package struct HTTPConfiguration: Hashable, Sendable {
    /// Who may look at runs and send events without the token.
    package enum OpenReads: String, CaseIterable, Sendable {
        case loopback, none
    }

    package let listen: ListenAddress

    /// What requests that act must carry; without one they are refused.
    package let token: Secret?

    /// Where the token is kept when `token` gives none; resolved against the configuration's directory.
    package let tokenFile: String?

    /// Names accepted in a request's `Host` beside the address listened on and the loopback names.
    package let allowedHosts: [String]

    /// Whose `X-Forwarded-For` is believed.
    package let trustedProxies: [AddressRange]
    package let openReads: OpenReads
    package let maxConnections: Int

    /// How long the server goes on after the intake has stopped, for one last scrape.
    package let drain: Duration
}

extension HTTPConfiguration {
    static let shape = Shape<HTTPConfiguration>.object(
        Field<ListenAddress>(
            "listen", .listenAddress, default: "127.0.0.1:9568",
            "Address of the HTTP server; port 0 lets the system choose."),
        Field<Secret?>(
            "token", .secret,
            "Bearer token for requests that act: starting runs, reloading, writing from afar."),
        Field<String?>(
            "token_file", .path("a file's path"),
            "Where the token is when \"token\" gives none: made on the first start, for its owner only."
        ),
        Field<[String]>(
            "allowed_hosts",
            .array(
                of: .text("a host name such as \"agent.example.net\"", limit: 253), "host names"),
            default: [], "Host names accepted in requests beside the loopback names."),
        Field<[AddressRange]>(
            "trusted_proxies", .array(of: .addressRange, "addresses or ranges"), default: [],
            "Proxies whose X-Forwarded-For names the client; what comes from them needs the token."),
        Field<OpenReads>(
            "open_reads", .word, default: "loopback",
            "What may be read, and sent as events, without the token: from \"loopback\", or \"none\"."
        ),
        Field<Int>(
            "max_connections", .integer(in: 1...65_535), default: 256,
            "How many connections may be open at once."),
        Field<Duration>(
            "drain", .duration(in: .zero...(.seconds(300))), default: "1s",
            "When the agent stops: how long one last scrape is waited for."),
        build: HTTPConfiguration.init)
}
