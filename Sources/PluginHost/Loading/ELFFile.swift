import Glibc

/// A shared library's bytes, read with suspicion: every offset is checked before it is followed.
///
/// Source: System V gABI, ELF-64 object file format.
struct ELFFile {
    /// Why bytes are no library for this machine.
    enum Fault: Error, Hashable {
        case notELF
        case not64Bit
        case bigEndian
        case machine(UInt16)
        case notSharedLibrary(type: UInt16)
        /// A table or a part of it lies beyond the end of the file.
        case truncated
    }

    private let bytes: UnsafeRawBufferPointer

    /// Checks the file header. `bytes` must outlive the value.
    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        self.bytes = bytes
        guard bytes.count >= 4, bytes[0] == 0x7F, bytes[1] == UInt8(ascii: "E"),
            bytes[2] == UInt8(ascii: "L"), bytes[3] == UInt8(ascii: "F")
        else { throw .notELF }
        guard bytes.count >= 64 else { throw .truncated }
        guard bytes[4] == 2 else { throw .not64Bit }
        guard bytes[5] == 1 else { throw .bigEndian }
        let machine = try number(18, as: UInt16.self)
        guard machine == Self.ownMachine else { throw .machine(machine) }
        let type = try number(16, as: UInt16.self)
        guard type == 3 else { throw .notSharedLibrary(type: type) }
        try checkExtents()
    }

    /// A loader would map what the file does not have: a half-copied library is refused here.
    private func checkExtents() throws(Fault) {
        for segment in try segments() where segment.type == 1 || segment.type == 2 {
            _ = try range(segment.offset, segment.size)
        }
    }

    /// The content of the section of this name, whatever its type; nil where there is none.
    func section(named name: String) throws(Fault) -> Range<Int>? {
        let sections = try table(
            offset: number(40, as: UInt64.self), entry: number(58, as: UInt16.self),
            count: number(60, as: UInt16.self), least: 64)
        let namesIndex = Int(try number(62, as: UInt16.self))
        guard namesIndex < sections.count else { return nil }
        let names = try range(at: sections[namesIndex] + 24)
        for header in sections {
            let start = Int(try number(header, as: UInt32.self))
            guard start < names.count,
                isText(name, at: names.lowerBound + start, end: names.upperBound)
            else { continue }
            return try range(at: header + 24)
        }
        return nil
    }

    /// The content of every note segment.
    func noteSegments() throws(Fault) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for segment in try segments() where segment.type == 4 {
            result.append(try range(segment.offset, segment.size))
        }
        return result
    }

    /// A number at an offset, in the file's (and this machine's) byte order.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, as type: Number.Type
    ) throws(Fault) -> Number {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else {
            throw .truncated
        }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Whether the bytes at `start` are `text` and a NUL.
    func isText(_ text: String, at start: Int, end: Int) -> Bool {
        let utf8 = text.utf8
        guard start >= 0, end <= bytes.count, start + utf8.count < end else { return false }
        return bytes[start..<start + utf8.count].elementsEqual(utf8)
            && bytes[start + utf8.count] == 0
    }

    // MARK: Tables

    private struct Segment {
        let type: UInt32
        let offset: UInt64
        let size: UInt64
    }

    private func segments() throws(Fault) -> [Segment] {
        let headers = try table(
            offset: number(32, as: UInt64.self), entry: number(54, as: UInt16.self),
            count: number(56, as: UInt16.self), least: 56)
        var result: [Segment] = []
        for header in headers {
            result.append(
                Segment(
                    type: try number(header, as: UInt32.self),
                    offset: try number(header + 8, as: UInt64.self),
                    size: try number(header + 32, as: UInt64.self)))
        }
        return result
    }

    /// The offsets of a table's entries.
    private func table(
        offset: UInt64, entry: UInt16, count: UInt16, least: Int
    ) throws(Fault) -> [Int] {
        guard count > 0 else { return [] }
        guard Int(entry) >= least else { throw .truncated }
        let range = try range(offset, UInt64(entry) * UInt64(count))
        return (0..<Int(count)).map { range.lowerBound + $0 * Int(entry) }
    }

    /// The range that an offset and a size, one behind the other in a header, stand for.
    private func range(at header: Int) throws(Fault) -> Range<Int> {
        try range(number(header, as: UInt64.self), number(header + 8, as: UInt64.self))
    }

    private func range(_ offset: UInt64, _ size: UInt64) throws(Fault) -> Range<Int> {
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= UInt64(bytes.count) else { throw .truncated }
        return Int(offset)..<Int(end)
    }

    // MARK: Machines

    #if arch(x86_64)
        private static let ownMachine: UInt16 = 62
    #elseif arch(arm64)
        private static let ownMachine: UInt16 = 183
    #endif

    /// A machine's name for people.
    static func name(ofMachine machine: UInt16) -> String {
        switch machine {
        case 3: "x86 (32 bit)"
        case 40: "arm (32 bit)"
        case 62: "x86_64"
        case 183: "aarch64"
        case 243: "riscv"
        default: "machine type \(machine)"
        }
    }

    static let ownMachineName = name(ofMachine: ownMachine)
}
