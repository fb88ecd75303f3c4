import Foundation
import TestSupport
import Testing

@testable import PluginHost

struct TrustedPathTests {
    private let temporary: TemporaryDirectory
    private let other: TemporaryDirectory
    private var directory: String { temporary.path }
    /// A second directory, for links.
    private var beside: String { other.path }
    private var file: String { directory + "/lib.so" }

    init() throws {
        temporary = try TemporaryDirectory()
        other = try TemporaryDirectory()
        try "x".write(toFile: file, atomically: false, encoding: .utf8)
        chmod(file, 0o644)
    }

    /// Opens and closes; the fault where there is one.
    private func fault(_ path: String, user: UInt32 = geteuid()) -> TrustedPath.Fault? {
        do throws(TrustedPath.Fault) {
            close(try TrustedPath(user: user).open(path))
            return nil
        } catch { return error }
    }

    @Test func `a file that only trusted users can change is opened`() {
        #expect(fault(file) == nil)
        #expect(
            fault(directory + "/./" + "../" + directory.split(separator: "/").last! + "/lib.so")
                == nil)
    }

    @Test(arguments: [0o664, 0o646, 0o666] as [mode_t])
    func `a file that group or others may write is refused`(mode: mode_t) {
        chmod(file, mode)
        #expect(fault(file) == .writableByOthers(path: file))
    }

    @Test(arguments: [0o775, 0o757] as [mode_t])
    func `a directory that group or others may write is refused`(mode: mode_t) {
        chmod(directory, mode)
        #expect(fault(file) == .writableByOthers(path: directory))
    }

    @Test func `a directory all may write is accepted when it is sticky`() {
        chmod(directory, 0o1777)
        #expect(fault(file) == nil)
    }

    @Test func `a link in the place of the file is refused, one among the directories is not`()
        throws
    {
        let link = directory + "/link.so"
        symlink(file, link)
        #expect(fault(link) == .isLink(path: link))
        symlink(directory, beside + "/there")
        #expect(fault(beside + "/there/lib.so") == nil)
        symlink("../" + directory.split(separator: "/").last!, beside + "/relative")
        #expect(fault(beside + "/relative/lib.so") == nil)
    }

    @Test func `what a link among the directories points to is checked as well`() {
        symlink(directory, beside + "/there")
        chmod(directory, 0o777)
        #expect(fault(beside + "/there/lib.so") == .writableByOthers(path: directory))
    }

    @Test func `links in a circle end`() {
        symlink(directory + "/b", directory + "/a")
        symlink(directory + "/a", directory + "/b")
        #expect(fault(directory + "/a/lib.so") == .tooManyLinks(path: directory + "/a/lib.so"))
    }

    @Test func `what is no regular file is refused and never waited for`() {
        let pipe = directory + "/pipe"
        mkfifo(pipe, 0o600)
        #expect(fault(pipe) == .notRegularFile(path: pipe))
        #expect(fault(directory) == .notRegularFile(path: directory))
        #expect(fault("/") == .notRegularFile(path: "/"))
    }

    @Test func `what is not there is said to be missing`() {
        #expect(fault(directory + "/no.so") == .missing(path: directory + "/no.so"))
        #expect(fault(directory + "/no/lib.so") == .missing(path: directory + "/no/lib.so"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a file or directory of another user is refused`() {
        chown(file, 12345, 0)
        #expect(fault(file) == .foreignOwner(path: file, user: 12345))
        #expect(fault(file, user: 12345) == nil)
        chown(file, 0, 0)
        chown(directory, 12345, 0)
        #expect(fault(file) == .foreignOwner(path: directory, user: 12345))
        chown(directory, 0, 0)
        // In a sticky directory anyone can put a link; only a trusted user's is followed.
        chmod(beside, 0o1777)
        symlink(directory, beside + "/there")
        lchown(beside + "/there", 12345, 0)
        #expect(
            fault(beside + "/there/lib.so")
                == .foreignOwner(path: beside + "/there", user: 12345))
    }
}
