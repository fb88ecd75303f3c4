import Telemetry

extension MeasurementCell {
    /// The nearest double.
    var doubleValue: Double { isInteger ? Double(integer) : real }
}
