/// How Grafana shows numbers of a unit.
enum GrafanaUnit {
    /// Of a value.
    static func of(_ unit: String) -> String {
        switch unit {
        case "": "short"
        case "seconds": "s"
        case "bytes": "bytes"
        case "bits": "decbits"
        case "ratio": "percentunit"
        case "percent": "percent"
        case "celsius": "celsius"
        case "volts": "volt"
        case "amperes": "amp"
        case "watts": "watt"
        case "joules": "joule"
        case "meters": "lengthm"
        default: "suffix: \(unit)"
        }
    }

    /// Of what it grows by in a second. Seconds a second are a share of the time.
    static func rate(of unit: String) -> String {
        switch unit {
        case "": "ops"
        case "seconds": "percentunit"
        case "bytes": "Bps"
        case "bits": "bps"
        default: "suffix: \(unit)/s"
        }
    }
}
