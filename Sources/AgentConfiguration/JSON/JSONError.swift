/// Why a text is not JSON, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: JSONPosition
    package let reason: String

    package var description: String { "\(position): \(reason)" }
}
