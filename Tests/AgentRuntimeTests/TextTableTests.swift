import Testing

@testable import AgentRuntime

struct TextTableTests {
    private var table: TextTable {
        var table = TextTable(["name", "labels", "help"])
        table.append(["runs_total", "site, protocol, status", "Runs that were asked for."])
        table.append(["up", "-", "Whether it works: 1 or 0."])
        return table
    }

    @Test func `without a width each row is one line, and no line ends in blanks`() {
        #expect(
            table.text(width: nil) == """
                NAME        LABELS                  HELP
                runs_total  site, protocol, status  Runs that were asked for.
                up          -                       Whether it works: 1 or 0.

                """)
    }

    @Test func `cells are broken between words, the widest columns first, until the lines fit`() {
        #expect(
            table.text(width: 50) == """
                NAME        LABELS              HELP
                runs_total  site, protocol,     Runs that were
                            status              asked for.
                up          -                   Whether it works:
                                                1 or 0.

                """)
    }

    @Test func `where columns do not fit each row is a paragraph, without what says nothing`() {
        #expect(
            table.text(width: 40) == """
                runs_total
                  labels  site, protocol, status
                  help    Runs that were asked for.

                up
                  help    Whether it works: 1 or 0.

                """)
    }

    @Test(arguments: [40, 50, 80, 120])
    func `no line is longer than the width unless a single word is`(width: Int) {
        var table = table
        table.append([String(repeating: "n", count: 30), "", String(repeating: "word ", count: 50)])
        for line in table.text(width: width).split(separator: "\n") {
            #expect(line.count <= width, "\(line)")
        }
    }

    @Test func `a table without rows is its header`() {
        #expect(TextTable(["a", "b"]).text(width: nil) == "A  B\n")
        #expect(TextTable(["a", "b"]).text(width: 80) == "A  B\n")
    }
}
