/// An exact conversion between units: value × multiplier × 10^exponent.
///
/// Measurements are kept as the integers they came as; the conversion is applied when they are read.
package struct UnitConversion: Sendable, Hashable {
    package var multiplier: Int64
    package var exponent: Int32

    private init(multiplier: Int64, exponent: Int32) {
        self.multiplier = multiplier
        self.exponent = exponent
    }

    package static let identity = UnitConversion(multiplier: 1, exponent: 0)

    /// From a measurement's unit to the exposed one; nil where they are not of one kind.
    ///
    /// Singular and plural are the same; an empty unit, or two equal ones, convert by 1.
    package init?(from source: String, to target: String) {
        let source = Self.singular(source)
        let target = Self.singular(target)
        guard !source.isEmpty, source != target else {
            self = .identity
            return
        }
        guard let from = Self.units[source], let to = Self.units[target], from.kind == to.kind,
            from.multiplier % to.multiplier == 0
        else { return nil }
        multiplier = from.multiplier / to.multiplier
        exponent = from.exponent - to.exponent
    }

    /// The units a measurement may have.
    package static var names: [String] { units.keys.sorted() }

    private struct Unit {
        let kind: String
        let multiplier: Int64
        let exponent: Int32
    }

    private static let units: [String: Unit] = [
        "nanosecond": Unit(kind: "time", multiplier: 1, exponent: -9),
        "microsecond": Unit(kind: "time", multiplier: 1, exponent: -6),
        "millisecond": Unit(kind: "time", multiplier: 1, exponent: -3),
        "second": Unit(kind: "time", multiplier: 1, exponent: 0),
        "minute": Unit(kind: "time", multiplier: 60, exponent: 0),
        "hour": Unit(kind: "time", multiplier: 3600, exponent: 0),
        "day": Unit(kind: "time", multiplier: 86400, exponent: 0),
        "byte": Unit(kind: "size", multiplier: 1, exponent: 0),
        "kilobyte": Unit(kind: "size", multiplier: 1, exponent: 3),
        "megabyte": Unit(kind: "size", multiplier: 1, exponent: 6),
        "gigabyte": Unit(kind: "size", multiplier: 1, exponent: 9),
        "kibibyte": Unit(kind: "size", multiplier: 1 << 10, exponent: 0),
        "mebibyte": Unit(kind: "size", multiplier: 1 << 20, exponent: 0),
        "gibibyte": Unit(kind: "size", multiplier: 1 << 30, exponent: 0),
        "bit": Unit(kind: "bits", multiplier: 1, exponent: 0),
        "ratio": Unit(kind: "share", multiplier: 1, exponent: 0),
        "percent": Unit(kind: "share", multiplier: 1, exponent: -2),
    ]

    private static func singular(_ unit: String) -> String {
        unit.count > 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
    }
}
