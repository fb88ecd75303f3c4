import MetricRegistry

/// What a measurement is held against: a number in its own unit, or a duration such as "250ms".
enum MeasurementLimit: Hashable {
    case number(Double)
    case nanoseconds(Int64)

    struct Unreadable: Error, CustomStringConvertible {
        let text: String

        var description: String {
            "expected a number, or a duration such as \"250ms\", as a limit, found \(quoted(text))"
        }
    }

    init(_ text: String) throws(Unreadable) {
        if let number = Double(text), number.isFinite {
            self = .number(number)
            return
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits),
            let unit = Self.units[String(text[digits.endIndex...])],
            case (let nanoseconds, let isTooLong) = count.multipliedReportingOverflow(by: unit),
            !isTooLong
        else { throw Unreadable(text: text) }
        self = .nanoseconds(nanoseconds)
    }

    /// The limit as a measurement would say it, durations being in `unit`.
    func value(inDurations unit: String) -> Double {
        switch self {
        case .number(let number): number
        case .nanoseconds(let count): Double(count) / (Self.nanoseconds[unit] ?? 1)
        }
    }

    private static let units: [String: Int64] = [
        "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    ]

    /// Of the units durations may come in.
    private static let nanoseconds: [String: Double] = [
        "nanosecond": 1, "microsecond": 1e3, "millisecond": 1e6, "second": 1e9,
    ]
}
