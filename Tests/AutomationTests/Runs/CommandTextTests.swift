import Automation
import Testing

struct CommandTextTests {
    @Test(arguments: [
        ("uptime", ["uptime"]),
        ("  df   -h\t/ \n", ["df", "-h", "/"]),
        ("echo 'a  b' c", ["echo", "a  b", "c"]),
        (#"echo "a \"b\" \n" '\n'"#, ["echo", #"a "b" \n"#, #"\n"#]),
        (#"echo a\ b \'"#, ["echo", "a b", "'"]),
        ("grep '' ''", ["grep", "", ""]),
        ("a'b'\"c\"d", ["abcd"]),
        ("echo $HOME; rm *", ["echo", "$HOME;", "rm", "*"]),
        ("écho ü", ["écho", "ü"]),
    ]) func `a text is split as a shell splits it, and nothing is expanded`(
        _ text: String, _ words: [String]
    ) throws {
        #expect(try CommandText.text(text).words(forShell: false) == words)
    }

    @Test(arguments: [
        ("", "empty"), ("   ", "empty"), ("''", "empty"), ("echo 'a", "not closed"),
        ("echo \"a", "not closed"), ("echo \\", "nothing follows"), ("a\0b", "zero byte"),
    ]) func `a text that is no command is refused with the reason`(_ text: String, _ why: String) {
        let refusal = #expect(throws: RunRefusal.self) {
            try CommandText.text(text).words(forShell: false)
        }
        #expect(refusal.map { "\($0)".contains(why) } == true)
    }

    @Test func `for a shell the text is one word, and words are joined as ssh joins them`() throws {
        #expect(try CommandText.text("a | b 'c'").words(forShell: true) == ["a | b 'c'"])
        #expect(try CommandText.words(["ls", "*.txt"]).words(forShell: true) == ["ls *.txt"])
        #expect(throws: RunRefusal.self) { try CommandText.words([]).words(forShell: true) }
        #expect(throws: RunRefusal.self) { try CommandText.text(" ").words(forShell: true) }
    }

    @Test func `a command has bounds`() {
        #expect(throws: RunRefusal.self) {
            try CommandText.words(Array(repeating: "a", count: 1025)).words(forShell: false)
        }
        #expect(throws: RunRefusal.self) {
            try CommandText.words([String(repeating: "a", count: 200_000)]).words(forShell: false)
        }
    }

    @Test(
        arguments: [
            (CommandText.text("show  version"), ["show", "version"]),
            (.text("show 'a b'"), ["show", "'a", "b'"]),
            (.words(["show", "version | redirect x"]), ["show", "version", "|", "redirect", "x"]),
            (.words(["show", "version\nreload"]), nil), (.text("show\u{7f}"), nil),
            (.text(" "), nil),
        ] as [(CommandText, [String]?)])
    func `a line for a device without a shell is apart at each blank`(
        _ command: CommandText, _ words: [String]?
    ) {
        #expect((try? command.line()) == words)
    }
}
