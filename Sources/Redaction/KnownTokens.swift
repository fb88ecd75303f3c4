/// Tokens that tell what they are by how they begin.
enum KnownTokens {
    private struct Form {
        let prefix: [UInt8]
        /// How many characters follow the prefix at least.
        let least: Int

        init(_ prefix: StaticString, _ least: Int) {
            self.prefix = prefix.withUTF8Buffer { Array($0) }
            self.least = least
        }
    }

    /// Source: the prefixes their issuers document.
    private static let forms: [Form] = [
        Form("ghp_", 20), Form("gho_", 20), Form("ghu_", 20), Form("ghs_", 20), Form("ghr_", 20),
        Form("github_pat_", 20), Form("glpat-", 16), Form("glsa_", 20), Form("glc_", 20),
        Form("xoxb-", 10), Form("xoxp-", 10), Form("xoxa-", 10), Form("xoxr-", 10),
        Form("xoxs-", 10), Form("AKIA", 16), Form("ASIA", 16), Form("AIza", 20), Form("ya29.", 16),
        Form("sk-", 20), Form("sk_live_", 10), Form("sk_test_", 10), Form("rk_live_", 10),
        Form("npm_", 20), Form("pypi-", 20), Form("dop_v1_", 20), Form("hvs.", 16),
        Form("SG.", 20), Form("eyJ", 20), Form("xapp-", 10), Form("glptt-", 16),
        Form("dckr_pat_", 16), Form("shpat_", 16), Form("whsec_", 16), Form("tskey-", 16),
        Form("ATATT3x", 20), Form("AGE-SECRET-KEY-", 16), Form("hooks.slack.com/services/", 10),
    ]

    private static let byFirstByte: [[Form]] = {
        var table = [[Form]](repeating: [], count: 256)
        for form in forms { table[Int(form.prefix[0])].append(form) }
        return table
    }()

    /// How long the token at the start of `text` is; nil where there is none.
    static func length(at text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let first = text.first else { return nil }
        for form in byFirstByte[Int(first)] where begins(text, form.prefix) {
            let rest = text.dropFirst(form.prefix.count).prefix { isTokenByte($0) }
            if rest.count >= form.least { return form.prefix.count + rest.count }
        }
        return nil
    }

    private static func begins(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ prefix: [UInt8]) -> Bool
    {
        guard text.count >= prefix.count else { return false }
        for (offset, byte) in prefix.enumerated() where text[text.startIndex + offset] != byte {
            return false
        }
        return true
    }

    /// Base64 in both alphabets, and the dots of a JSON Web Token.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
