/// What is taken out of texts, and how much of a text is looked at.
package struct RedactionSettings: Sendable, Hashable {
    /// Secrets that are known by their looks, wherever they stand.
    package enum Detector: String, CaseIterable, Sendable {
        /// Tokens with a well-known prefix, and JSON Web Tokens.
        case tokens
        /// `scheme://user:password@host`.
        case urls
        /// `Bearer …`, `Basic …`.
        case authorization
        /// PEM blocks of private keys.
        case privateKeys = "private_keys"
        /// 13 to 19 digits with a valid check digit.
        case cardNumbers = "card_numbers"
        /// `password=…`, `--token …`, `"secret": "…"`: whatever stands under a hidden key inside a text.
        case assignments
    }

    /// Words that hide what stands under a key that has them, beside the usual ones: `pin`, `customer number`.
    package var keys: [String]
    /// Keys that are shown all the same, whole and exactly.
    package var shownKeys: [String]
    package var detectors: Set<Detector>
    /// What is longer is cut off there.
    package var maximumBytes: Int
    /// What is nested deeper is left out.
    package var maximumDepth: Int

    package init(
        keys: [String] = [], shownKeys: [String] = [],
        detectors: Set<Detector> = Set(Detector.allCases), maximumBytes: Int = 16 << 10,
        maximumDepth: Int = 16
    ) {
        self.keys = keys
        self.shownKeys = shownKeys
        self.detectors = detectors
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
    }
}
