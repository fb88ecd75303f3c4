import CZlib
import PluginKit

/// Compresses what is written to it and hands it on in pieces of 32 KiB. About 270 kB while it lives.
final class Gzip {
    // The stream is on the heap since zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let room: UnsafeMutableRawBufferPointer

    /// - Parameter level: 1 to 9
    init(level: Int) throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        room = .allocate(byteCount: 32 << 10, alignment: 16)
        // 15 is the largest window, 16 more asks for gzip's frame; 8 is zlib's own choice of memory.
        let status = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw PluginError("zlib cannot start (\(status))") }
        offerRoom()
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        room.deallocate()
    }

    /// Compresses; `send` takes each piece as it comes full.
    func write(
        _ bytes: UnsafeRawBufferPointer, to send: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        while stream.pointee.avail_in > 0 {
            try run(Z_NO_FLUSH)
            if stream.pointee.avail_out == 0 { try sendAll(to: send) }
        }
    }

    /// Sends what is left, with the frame's end.
    func finish(to send: (UnsafeRawBufferPointer) throws -> Void) throws {
        while try run(Z_FINISH) != Z_STREAM_END { try sendAll(to: send) }
        try sendAll(to: send)
    }

    @discardableResult
    private func run(_ mode: Int32) throws -> Int32 {
        let status = deflate(stream, mode)
        guard status >= 0 || status == Z_BUF_ERROR else {
            throw PluginError("zlib cannot go on (\(status))")
        }
        return status
    }

    private func sendAll(to send: (UnsafeRawBufferPointer) throws -> Void) throws {
        let written = room.count - Int(stream.pointee.avail_out)
        try send(UnsafeRawBufferPointer(rebasing: room[..<written]))
        offerRoom()
    }

    private func offerRoom() {
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room.count)
    }
}
