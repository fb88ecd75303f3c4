/// A text that is never printed: every description, mirror and dump of it reads `<secret>`.
package struct Secret: Hashable, Sendable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The text itself, for the one place that needs it.
    package func revealed() -> String { text }

    /// Whether `candidate` is this secret; the time taken depends on the candidate's length alone.
    package func matches(_ candidate: some Collection<UInt8>) -> Bool {
        let secret = Array(text.utf8)
        guard !secret.isEmpty else { return false }
        var difference = secret.count ^ candidate.count
        for (index, byte) in candidate.enumerated() {
            difference |= Int(byte ^ secret[index % secret.count])
        }
        return difference == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let mask = "<secret>"

    package var description: String { Self.mask }
    package var debugDescription: String { Self.mask }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// What a JSON text shows in its place.
    package var json: JSONValue { .string(Self.mask) }
}
