import Telemetry

extension Metric {
    /// The value that is added, observed or set for a measurement, multiplied by `factor`; nil where the metric
    /// cannot take it, which is counted.
    func accept(_ value: MeasurementCell, factor: Int64) -> MeasurementCell? {
        guard value.isInteger else {
            let product = value.real * Double(factor)
            if product.isInfinite, value.real.isFinite { return refuse(.outOfRange) }
            return accept(real: product)
        }
        let (product, overflow) = value.integer.multipliedReportingOverflow(by: factor)
        if overflow { return accept(real: Double(value.integer) * Double(factor)) }
        if isMonotonic, product < 0 { return refuse(.negative) }
        return MeasurementCell(product)
    }

    private func accept(real: Double) -> MeasurementCell? {
        // A gauge may be infinite; nothing that adds up may.
        guard kind == .lastValue ? !real.isNaN : real.isFinite else { return refuse(.notFinite) }
        if isMonotonic, real < 0 { return refuse(.negative) }
        guard real.magnitude <= largestReal || real.isInfinite else { return refuse(.outOfRange) }
        if kind == .summary, !SketchScale.holds(real) { return refuse(.outOfRange) }
        return MeasurementCell(real)
    }

    private func refuse(_ reason: SkipReason) -> MeasurementCell? {
        skipped(reason)
        return nil
    }
}
