import Glibc
import Telemetry

extension LineProtocolDecoder {
    /// Reads a numeric field's value; nil where it does not look like a number.
    @inline(__always)
    func number(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ arena: inout TextArena
    ) throws(Rejection) -> MeasurementCell? {
        guard end > start, end.endsField else {
            throw Rejection(
                .syntax, end, "a value such as 1i, 2.5, true or \"text\", then a comma or space")
        }
        let negative = start.pointee == .minus
        let digits = negative ? start + 1 : start
        guard digits.pointee.isDigit || digits.pointee == .dot else {
            // An `i` alone is no number either; `boolean` says so.
            guard !negative else { throw notANumber(start) }
            return nil
        }
        let last = end - 1
        switch last.pointee {
        case UInt8(ascii: "i"):
            switch NumberText.digits(digits, last - digits) {
            case .value(let value):
                guard let value = NumberText.signed(value, negative: negative) else { fallthrough }
                return MeasurementCell(value)
            case .tooLarge: throw Rejection(.numberOutOfRange, start, "an integer of 64 bits")
            case .notDigits: throw notANumber(start)
            }
        case UInt8(ascii: "u"):
            guard !negative else { throw notANumber(start) }
            switch NumberText.digits(digits, last - digits) {
            case .value(let value):
                return Int64(exactly: value).map { MeasurementCell($0) }
                    ?? MeasurementCell(Double(value))
            case .tooLarge:
                throw Rejection(.numberOutOfRange, start, "an unsigned integer of 64 bits")
            case .notDigits: throw notANumber(start)
            }
        default:
            switch NumberText.real(start, end, &arena) {
            case .value(let value): return MeasurementCell(value)
            case .tooLarge: throw Rejection(.numberOutOfRange, start, "a number a double can hold")
            case .malformed: throw notANumber(start)
            }
        }
    }

    private func notANumber(_ start: UnsafePointer<UInt8>) -> Rejection {
        Rejection(.syntax, start, "a number such as 1i, 1u or 2.5")
    }

    /// Reads `t`, `T`, `true`, `True`, `TRUE` and the same for false.
    @inline(never)
    func boolean(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) throws(Rejection) -> MetadataText {
        for (spelling, truth) in Self.booleans
        where spelling.utf8CodeUnitCount == end - start
            && memcmp(spelling.utf8Start, start, end - start) == 0
        {
            return .boolean(truth)
        }
        throw Rejection(.syntax, start, "a value such as 1i, 2.5, true or \"text\"")
    }

    private static let booleans: [(StaticString, Bool)] = [
        ("t", true), ("T", true), ("true", true), ("True", true), ("TRUE", true),
        ("f", false), ("F", false), ("false", false), ("False", false), ("FALSE", false),
    ]
}

extension MetadataText {
    /// Truth as text, of which there are two.
    static func boolean(_ truth: Bool) -> MetadataText {
        let text: StaticString = truth ? "true" : "false"
        return MetadataText(
            start: text.utf8Start, count: text.utf8CodeUnitCount, kind: .boolean)
    }
}
