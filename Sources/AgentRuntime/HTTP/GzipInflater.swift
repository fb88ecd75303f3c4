import CZlib

/// Unpacks the body of a request.
enum GzipInflater {
    enum Failure: Error, Equatable {
        /// Not gzip, or not all of it.
        case malformed
        /// It unpacks to more than the limit.
        case tooLarge
    }

    /// - Parameter limit: bytes it may unpack to; no more memory is taken than that.
    static func inflate(_ packed: UnsafeRawBufferPointer, limit: Int) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        // 15 bits of window, and 16 for the gzip format.
        guard
            inflateInit2_(
                &stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw .malformed }
        defer { inflateEnd(&stream) }
        guard let start = packed.baseAddress, packed.count <= Int(UInt32.max) else {
            throw .malformed
        }
        // zlib only reads from it.
        stream.next_in = UnsafeMutablePointer(
            mutating: start.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(packed.count)
        var unpacked: [UInt8] = []
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 << 10) {
            room throws(Failure) in
            // One member behind the other, each with its own checksum. Source: RFC 1952, 2.2
            repeat {
                var status = inflateReset(&stream)
                while status == Z_OK {
                    guard unpacked.count <= limit else { throw .tooLarge }
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    let count = room.count - Int(stream.avail_out)
                    unpacked += UnsafeBufferPointer(rebasing: room[..<count])
                }
                guard status == Z_STREAM_END else { throw .malformed }
                guard unpacked.count <= limit else { throw .tooLarge }
            } while stream.avail_in > 0
        }
        return unpacked
    }
}
