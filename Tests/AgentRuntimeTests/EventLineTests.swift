import Testing

@testable import AgentRuntime

struct EventLineTests {
    @Test(arguments: [
        ("a.b", [], [], "a.b count=1i"),
        ("a.b", ["x=1i", "y=2.5"], [], "a.b x=1i,y=2.5"),
        (
            "a.b", ["n=-3i", "u=18446744073709551615u", "e=1e3"], [],
            "a.b n=-3i,u=18446744073709551615u,e=1e3"
        ),
        ("a.b", [], ["site=chi1", "status=ok"], "a.b,site=chi1,status=ok count=1i"),
        ("a b,c", [], [], #"a\ b\,c count=1i"#),
        ("a", ["x y=1i"], [], #"a x\ y=1i"#),
        ("a", [], ["key=a b,c=d"], #"a,key=a\ b\,c\=d count=1i"#),
        ("a", [], ["k=two\nlines"], #"a,k=two\nlines count=1i"#),
        ("a", [], [#"path=C:\temp\x"#], #"a,path=C:\temp\x count=1i"#),
        ("a", [], ["k=Zürich 🚀"], #"a,k=Zürich\ 🚀 count=1i"#),
    ])
    func `an event is written as line protocol has it`(
        name: String, measurements: [String], tags: [String], line: String
    ) throws {
        #expect(
            try EventLine.text(name, measurements: measurements, tags: tags) == line + "\n")
    }

    @Test(arguments: [
        ("", [], [], "name is empty"),
        (#"a\"#, [], [], "ends in a backslash"),
        ("a", ["x"], [], "is not key=value"),
        ("a", ["=1i"], [], "is not key=value"),
        ("a", ["x="], [], "has no value"),
        ("a", ["x=abc"], [], "expected a number such as 5i or 2.5"),
        ("a", ["x=nan"], [], "expected a number such as 5i or 2.5"),
        ("a", ["x=1e999"], [], "expected a number such as 5i or 2.5"),
        ("a", ["x=9223372036854775808i"], [], "expected a number such as 5i or 2.5"),
        ("a", ["x=-1u"], [], "expected a number such as 5i or 2.5"),
        ("a", [], ["site"], "is not key=value"),
        ("a", [], ["site="], "has no value"),
        ("a", [], [#"site=chi\"#], "has a backslash at an end"),
        ("a", [], [#"site\=chi"#], "has a backslash at an end"),
    ])
    func `what line protocol cannot say is refused in a sentence`(
        name: String, measurements: [String], tags: [String], sentence: String
    ) {
        let failure = #expect(throws: CommandFailure.self) {
            try EventLine.text(name, measurements: measurements, tags: tags)
        }
        #expect(failure?.description.contains(sentence) == true, "\(failure?.description ?? "")")
    }
}
