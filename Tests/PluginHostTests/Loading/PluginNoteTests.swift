import Foundation
import Testing

@testable import PluginHost

struct PluginNoteTests {
    static let good = [UInt8](
        FileManager.default.contents(atPath: FixtureLibraries.path("good")) ?? Data())

    private func read(_ bytes: [UInt8]) throws -> PluginNote {
        try bytes.withUnsafeBytes { try PluginNote.read($0) }
    }

    @Test func `the note is read by its section's name, whatever the section's type`() throws {
        var bytes = Self.good
        #expect(try read(bytes).version.description == "1.0")
        #expect(try read(bytes).kinds == [.metrics, .exporter])
        // Section headers: the type of every section becomes SHT_PROGBITS.
        for header in Self.sectionHeaders(bytes) { bytes[header + 4] = 1 }
        #expect(try read(bytes).kinds == [.metrics, .exporter])
    }

    @Test func `without section headers the note is found through its segment`() throws {
        var bytes = Self.good
        for index in [40, 41, 42, 43, 44, 45, 46, 47, 60, 61, 62, 63] { bytes[index] = 0 }
        #expect(try read(bytes).kinds == [.metrics, .exporter])
    }

    @Test func `section headers that lie beyond the end do not hide the note`() throws {
        var bytes = Self.good
        for index in 40..<48 { bytes[index] = 0xFF }
        #expect(try read(bytes).kinds == [.metrics, .exporter])
    }

    static let faults: [(offset: Int, bytes: [UInt8], fault: PluginNote.Fault)] = [
        (0, [0x7E], .elf(.notELF)),
        (4, [1], .elf(.not64Bit)),
        (5, [2], .elf(.bigEndian)),
        (18, [243, 0], .elf(.machine(243))),
        (16, [2, 0], .elf(.notSharedLibrary(type: 2))),
        (32, [UInt8](repeating: 0xFF, count: 8), .elf(.truncated)),
        (54, [8, 0], .elf(.truncated)),
        (56, [0xFF, 0xFF], .elf(.truncated)),
    ]

    @Test(arguments: faults)
    func `a header that is wrong is refused for what is wrong with it`(
        offset: Int, bytes: [UInt8], fault: PluginNote.Fault
    ) {
        var library = Self.good
        library.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        #expect(throws: fault) { try read(library) }
    }

    @Test func `no prefix of a library crashes the reader`() {
        for count in stride(from: 0, to: Self.good.count, by: 61) {
            _ = try? read(Array(Self.good.prefix(count)))
        }
        #expect(throws: PluginNote.Fault.elf(.notELF)) { try read([]) }
        #expect(throws: PluginNote.Fault.elf(.truncated)) { try read(Array(Self.good.prefix(63))) }
    }

    @Test func `no single damaged byte crashes the reader`() {
        // Headers and note decide; the rest is code.
        for offset in 0..<min(2048, Self.good.count) {
            for value: UInt8 in [0, 0x7F, 0xFF] {
                var bytes = Self.good
                bytes[offset] = value
                _ = try? read(bytes)
            }
        }
    }

    @Test func `a note cut short inside its section is malformed`() throws {
        var bytes = Self.good
        let note = try #require(Self.find(Array("agent\0".utf8), in: bytes))
        bytes[note - 8] = 0xFF
        #expect(throws: PluginNote.Fault.malformed) { try read(bytes) }
    }

    @Test func `a version is accepted by major and lowest host minor`() {
        let note = { PluginNote(major: $0, minor: $1, lowestHostMinor: $2, kinds: []) }
        let host = PluginNote.Version(major: 1, minor: 4)
        #expect(throws: Never.self) { try note(1, 0, 0).checkVersion(host: host) }
        #expect(throws: Never.self) { try note(1, 9, 4).checkVersion(host: host) }
        #expect(throws: PluginNote.Fault.self) { try note(1, 9, 5).checkVersion(host: host) }
        #expect(throws: PluginNote.Fault.self) { try note(2, 0, 0).checkVersion(host: host) }
        #expect(throws: PluginNote.Fault.self) { try note(0, 9, 0).checkVersion(host: host) }
    }

    private static func sectionHeaders(_ bytes: [UInt8]) -> [Int] {
        let offset = bytes.withUnsafeBytes {
            Int($0.loadUnaligned(fromByteOffset: 40, as: UInt64.self))
        }
        let count = Int(bytes[60]) | Int(bytes[61]) << 8
        return (0..<count).map { offset + $0 * 64 }
    }

    private static func find(_ text: [UInt8], in bytes: [UInt8]) -> Int? {
        (0..<bytes.count - text.count).first { bytes[$0..<$0 + text.count].elementsEqual(text) }
    }
}
