import Telemetry

extension Rejection {
    /// What an event that was not applied is rejected for; nil where it was.
    init?(_ outcome: EmitOutcome, _ position: UnsafePointer<UInt8>) {
        switch outcome {
        case .applied, .dropped: return nil
        case .unwanted: self.init(.unhandled, position, "an event that a metric or handler wants")
        case .malformedName:
            self.init(
                .invalidName, position,
                "a name of words joined by dots, of at most 255 letters, digits, _ - : and /")
        case .duplicateTag: self.init(.duplicateKey, position, "every tag once")
        case .tooManyKeys:
            self.init(.tooManyKeys, position, "at most 64 measurements and 128 metadata keys")
        }
    }
}
