/// The values of `format` that are checked; others are annotations.
enum JSONSchemaFormat: String, Sendable {
    case hostname
    case ipv4
    case ipv6
    case uri

    func matches(_ text: String) -> Bool {
        switch self {
        case .hostname: !text.contains(":") && ListenAddress("\(text):0") != nil && !text.isEmpty
        case .ipv4: ListenAddress.isIPv4(text)
        case .ipv6: ListenAddress.isIPv6(text)
        case .uri: Self.uriPattern.matches(text)
        }
    }

    var expectation: String {
        switch self {
        case .hostname: "a host name"
        case .ipv4: "an IPv4 address"
        case .ipv6: "an IPv6 address"
        case .uri: "a URI such as \"https://example.net/path\""
        }
    }

    /// A scheme and something after it, in the characters a URI may have.
    ///
    /// Source: RFC 3986.
    private static let uriPattern: Pattern =
        "^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$"
}
