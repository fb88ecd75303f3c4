/// What one sender may ask of the decoders.
package struct DecodeLimits: Sendable {
    /// Longest line, its end not counted.
    package var lineBytes = 65_536
    /// How deep the value of a JSON event's key may nest.
    package var nestingDepth = 16
    /// Longest metadata text.
    package var labelBytes = 1024
    /// Longest key, the path that leads to it included.
    package var keyBytes = 255

    package init() {}
}
