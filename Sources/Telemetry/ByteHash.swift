/// A fast hash of short byte strings, seeded per process so that its collisions cannot be prepared from outside.
///
/// Multiply-and-fold over 16 bytes at a time, as in Wang Yi's wyhash.
public enum ByteHash {
    public static let seed: UInt64 = UInt64.random(in: .min ... .max)

    /// Folds `count` bytes at `start` into `state`. Reads nothing beyond them. `key` is `seed`, read once by the
    /// caller; it stands on both sides of the product, so that no text can make one of them zero.
    @inlinable @inline(__always)
    public static func combine(
        _ state: UInt64, _ start: UnsafeRawPointer, _ count: Int, key: UInt64
    ) -> UInt64 {
        let a: UInt64
        let b: UInt64
        if count <= 16 {
            if count >= 8 {
                a = start.loadUnaligned(as: UInt64.self)
                b = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            } else if count >= 4 {
                a = UInt64(start.loadUnaligned(as: UInt32.self))
                b = UInt64(start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            } else if count > 0 {
                let middle = UInt64(start.load(fromByteOffset: count &>> 1, as: UInt8.self)) &<< 8
                let last = UInt64(start.load(fromByteOffset: count &- 1, as: UInt8.self)) &<< 16
                a = UInt64(start.load(as: UInt8.self)) | middle | last
                b = 0
            } else {
                a = 0
                b = 0
            }
            return fold(
                state ^ a ^ 0xa076_1d64_78bd_642f, b ^ key ^ UInt64(count) ^ 0xe703_7ed1_a0b4_28db)
        }
        return combineLong(state, start, count, key)
    }

    @usableFromInline @inline(never)
    static func combineLong(
        _ state: UInt64, _ start: UnsafeRawPointer, _ count: Int, _ key: UInt64
    ) -> UInt64 {
        var state = state
        var offset = 0
        while count &- offset > 16 {
            let a = start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let b = start.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
            state = fold(state ^ a ^ 0xa076_1d64_78bd_642f, b ^ key ^ 0xe703_7ed1_a0b4_28db)
            offset &+= 16
        }
        let a = start.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
        let b = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return fold(
            state ^ a ^ 0x8ebc_6af0_9c88_c6e3, b ^ key ^ UInt64(count) ^ 0x5899_65cc_7537_4cc3)
    }

    @inlinable @inline(__always)
    public static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
