import Telemetry

extension JSONReader {
    /// Goes behind a number; answers its text, and whether it has neither fraction nor exponent.
    mutating func number() throws(Rejection) -> (text: MetadataText, isInteger: Bool) {
        let start = at
        var isInteger = true
        if peek == .minus { at += 1 }
        if peek == UInt8(ascii: "0") {
            at += 1
        } else {
            try digits(start)
        }
        if peek == .dot {
            isInteger = false
            at += 1
            try digits(start)
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            at += 1
            if peek == UInt8(ascii: "+") || peek == .minus { at += 1 }
            try digits(start)
        }
        return (MetadataText(start: start, count: at - start, kind: .number), isInteger)
    }

    @inline(__always)
    private mutating func digits(_ start: UnsafePointer<UInt8>) throws(Rejection) {
        guard peek.isDigit else { throw Rejection(.syntax, start, "a JSON value") }
        repeat { at += 1 } while peek.isDigit
    }

    /// Reads a number: integers of 64 bits exactly, all others as reals.
    mutating func cell(_ arena: inout TextArena) throws(Rejection) -> MeasurementCell {
        let start = at
        let (_, isInteger) = try number()
        if isInteger {
            let negative = start.pointee == .minus
            let digits = negative ? start + 1 : start
            if case .value(let value) = NumberText.digitsOneByOne(digits, at - digits),
                let value = NumberText.signed(value, negative: negative)
            {
                return MeasurementCell(value)
            }
        }
        guard case .value(let value) = NumberText.real(start, at, &arena) else {
            throw Rejection(.numberOutOfRange, start, "a number a double can hold")
        }
        return MeasurementCell(value)
    }
}
