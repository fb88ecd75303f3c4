/// A table that a plugin handed out, copied as far as both sides know it.
enum ABITable {
    /// Reads a struct that begins with its `size`. Fields the plugin does not have stay zero; one smaller than
    /// `required` is refused.
    static func copy<Table: BitwiseCopyable>(
        _ pointer: UnsafeRawPointer, _ zero: Table, required: Int, what: String
    ) throws(PluginRefusal.Reason) -> Table {
        let size = Int(pointer.loadUnaligned(as: UInt32.self))
        guard size >= required else {
            throw .shortTable(what: what, size: size, required: required)
        }
        var table = zero
        withUnsafeMutableBytes(of: &table) { target in
            target.copyMemory(
                from: UnsafeRawBufferPointer(start: pointer, count: min(size, target.count)))
        }
        return table
    }

    /// Where a field ends: what a size must cover for the field to be there.
    static func end<Table, Field>(of field: KeyPath<Table, Field>) -> Int {
        (MemoryLayout<Table>.offset(of: field) ?? MemoryLayout<Table>.size)
            + MemoryLayout<Field>.size
    }
}
