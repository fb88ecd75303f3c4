import Glibc

/// Room on a file system.
enum DiskSpace {
    /// Bytes that a user without privileges may still write there; `nil` where it cannot be told.
    static func free(at path: String) -> Int64? {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        let (bytes, overflow) = UInt64(figures.f_bavail).multipliedReportingOverflow(
            by: UInt64(figures.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }
}
