import CTestSupport
import Foundation
import Synchronization

/// A terminal that a program under test believes a person sits at.
///
/// What the program writes is read at once: one that waits for its terminal would not end.
package final class PseudoTerminal: Sendable {
    /// The person's end; a thread reads it until nobody has the other one open, and closes it then.
    private let controller: Int32
    /// The program's end.
    let device: Int32
    private let shown = Shown()

    private final class Shown: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    package init(columns: Int, rows: Int) throws {
        var device: Int32 = -1
        controller = test_open_terminal(&device)
        guard controller >= 0 else { throw SystemCallFailed("cannot open a terminal") }
        self.device = device
        resize(columns: columns, rows: rows)
        Thread.detachNewThread { [controller, shown] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = read(controller, &buffer, buffer.count), count > 0 {
                shown.bytes.withLock { $0 += buffer[..<count] }
            }
            close(controller)
        }
    }

    deinit { close(device) }

    package func resize(columns: Int, rows: Int) {
        var size = winsize(
            ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    }

    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(controller, bytes, bytes.count)
    }

    /// All that was written to it until now.
    package var output: String {
        shown.bytes.withLock { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether it hands on lines, and shows what is typed: as a shell expects to find it.
    package var isAsShellsWantIt: Bool {
        var mode = termios()
        let wanted = tcflag_t(ICANON | ECHO | ISIG)
        return tcgetattr(device, &mode) == 0 && mode.c_lflag & wanted == wanted
    }
}
