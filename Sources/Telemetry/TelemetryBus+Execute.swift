extension TelemetryBus {
    /// Emits an event: runs the attached handlers in this thread, then returns.
    ///
    /// An event of more than 64 measurements or 128 metadata keys, nested ones counted, reaches nobody.
    /// Where no handler wants it, measurements and metadata are not even made.
    /// The simple form. Where an event is emitted often, `PreparedEvent` does the same without allocation.
    public func execute(
        _ name: EventName, _ measurements: @autoclosure () -> Measurements = [:],
        _ metadata: @autoclosure () -> Metadata = [:], correlationID: String? = nil
    ) {
        guard mayBeWanted(name) else { return }
        let metadata = metadata()
        execute(
            name, measurements().pairs, metadata.isFlat ? metadata.pairs : metadata.flattened(),
            correlationID)
    }

    private func execute(
        _ name: EventName, _ measurements: [(key: String, value: Measurement)],
        _ metadata: [(key: String, value: MetadataValue)], _ correlationID: String?
    ) {
        var builder = EventBuilder(bus: self)
        builder.begin(text: name.description)
        for (key, value) in measurements { builder.measurement(key, MeasurementCell(value)) }
        for (key, value) in metadata { builder.metadata(key, value) }
        if let correlationID { builder.correlation(text: correlationID) }
        _ = builder.emit()
    }
}
