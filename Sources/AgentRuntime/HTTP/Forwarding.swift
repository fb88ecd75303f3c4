import AgentConfiguration
import HTTPTypes

/// Whether a request came by way of a proxy, and from whom.
///
/// A proxy on this machine connects from a loopback address, whoever its client is. So an address tells of a client only
/// where nothing says that somebody stands between.
struct Forwarding: Sendable {
    private let trustedProxies: [AddressRange]

    /// - Parameter trustedProxies: whose `X-Forwarded-For` is believed.
    init(trustedProxies: [AddressRange] = []) { self.trustedProxies = trustedProxies }

    /// Who sent a request, as far as it can be known.
    struct Sender: Sendable, Hashable {
        var address = ""
        /// Whether it is a program of this machine that asks for itself.
        var isLocal = false
    }

    /// - Parameter peer: the other end of the connection.
    func sender(_ headers: HTTPFields, peer: String?) -> Sender {
        guard let peer else { return Sender() }
        guard let connected = IPAddress(peer) else { return Sender(address: peer) }
        guard isTrusted(connected) else {
            return Sender(
                address: peer, isLocal: connected.isLoopback && !Self.isForwarded(headers))
        }
        let client = client(headers, behind: connected)
        return Sender(address: client == connected ? peer : client.description)
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    /// Each proxy appends whom it heard; so the list is read from its end, for as long as trusted proxies wrote it.
    private func client(_ headers: HTTPFields, behind proxy: IPAddress) -> IPAddress {
        var client = proxy
        let hops = headers[values: Self.forwardedFor].flatMap { $0.split(separator: ",") }
        for hop in hops.reversed() {
            guard isTrusted(client), let next = Self.address(in: hop) else { break }
            client = next
        }
        return client
    }

    /// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
    private static func address(in hop: Substring) -> IPAddress? {
        var text = hop.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return IPAddress(text[text.index(after: text.startIndex)..<end])
        }
        if let address = IPAddress(text) { return address }
        return text.firstIndex(of: ":").flatMap { IPAddress(text[..<$0]) }
    }

    // MARK: Signs of a proxy

    private static let forwardedFor = name("x-forwarded-for")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a name") }
        return name
    }

    /// What proxies add, by the documentation of nginx, Caddy, Apache, HAProxy, Envoy, Traefik and the large networks.
    private static let signs: Set<String> = [
        "forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host",
        "x-original-url", "x-proxyuser-ip", "client-ip", "true-client-ip", "cf-connecting-ip",
        "cf-ray", "cdn-loop", "fastly-client-ip", "fly-client-ip", "x-azure-clientip",
        "x-appengine-user-ip",
    ]
    private static let beginnings = ["x-forwarded-", "x-original-forwarded-", "x-envoy-"]

    static func isForwarded(_ headers: HTTPFields) -> Bool {
        headers.contains { field in
            let name = field.name.canonicalName
            return signs.contains(name) || beginnings.contains { name.hasPrefix($0) }
        }
    }
}
