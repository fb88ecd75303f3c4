import CAgentPlugin
import PluginKit

/// OpenMetrics: families named without their samples' suffixes, units, `_created`, an end one can see.
///
/// Source: OpenMetrics 1.0.0.
enum OpenMetrics: ExpositionFormat {
    static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    static let hasCreated = true
    static var counterSuffix: StaticString { "_total" }

    static func name(of family: Family) -> UnsafeRawBufferPointer {
        let name = family.name.bytes
        guard family.kind == .counter || family.kind == .sum else { return name }
        return ends(name, in: counterSuffix.bytes)
            ? UnsafeRawBufferPointer(rebasing: name.dropLast(counterSuffix.utf8CodeUnitCount))
            : name
    }

    private static func ends(
        _ name: UnsafeRawBufferPointer, in suffix: UnsafeRawBufferPointer
    ) -> Bool {
        name.count >= suffix.count && name.suffix(suffix.count).elementsEqual(suffix)
    }

    static func writeHeader(of family: Family, to out: inout OutputBuffer) {
        let name = name(of: family)
        TextFormat.writeType(of: family, name, to: &out)
        if hasUnit(family, name) {
            out.append("# UNIT ")
            out.append(name)
            out.append(" ")
            out.append(family.unit)
            out.append("\n")
        }
        guard !family.help.isEmpty else { return }
        out.append("# HELP ")
        out.append(name)
        out.append(" ")
        for byte in family.help.bytes {
            switch byte {
            case UInt8(ascii: "\\"): out.append("\\\\")
            case UInt8(ascii: "\n"): out.append("\\n")
            case UInt8(ascii: "\""): out.append("\\\"")
            default: out.append(byte)
            }
        }
        out.append("\n")
    }

    /// A unit may only be told where the name ends in it.
    private static func hasUnit(_ family: Family, _ name: UnsafeRawBufferPointer) -> Bool {
        let unit = family.unit.bytes
        return !unit.isEmpty && ends(name, in: unit)
            && name.dropLast(unit.count).last == UInt8(ascii: "_")
    }

    /// Numbers in labels have one canonical form: whole ones end in `.0`, from 10⁶ on they have an exponent.
    static func writeBound(_ text: agent_str, to out: inout OutputBuffer) {
        let digits = TextView(text).bytes
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return out.append(digits)
        }
        guard digits.count > 6 else {
            out.append(digits)
            return out.append(".0")
        }
        var mantissa = digits.dropFirst()
        while mantissa.last == UInt8(ascii: "0") { mantissa.removeLast() }
        out.append(digits[0])
        if !mantissa.isEmpty { out.append(".") }
        out.append(UnsafeRawBufferPointer(rebasing: mantissa))
        out.append(digits.count <= 10 ? "e+0" : "e+")
        out.append(UInt64(digits.count - 1))
    }

    static let takesNegatives = false

    /// Strict readers refuse a sum beside a bound below zero, whatever was observed.
    static func hasSum(_ family: Family) -> Bool {
        family.bounds.first.map { TextView($0).bytes.first != UInt8(ascii: "-") } ?? true
    }

    static func writeEnd(to out: inout OutputBuffer) {
        out.append("# EOF\n")
    }
}

extension StaticString {
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
