import Automation
import Testing

struct CommandPolicyTests {
    @Test(arguments: [
        (["uptime"], ["uptime"], true),
        (["uptime"], ["uptime", "-p"], false),
        (["show", "*"], ["show", "version"], true),
        (["show", "*"], ["show"], false),
        (["show", "**"], ["show"], true),
        (["show", "**"], ["show", "a", "b"], true),
        (["show", "**"], ["reload"], false),
        (["ping", "10.*.1"], ["ping", "10.0.0.1"], true),
        (["ping", "10.*.1"], ["ping", "10.0.0.2"], false),
        (["a*b*c"], ["axxbxxbc"], true),
        (["a*b*c"], ["axxbxx"], false),
        (["*"], [""], true),
        (["uptime"], ["uptime; reboot"], false),
    ]) func `a pattern matches word by word`(
        _ pattern: [String], _ command: [String], _ isAllowed: Bool
    ) {
        #expect(CommandPolicy.only([pattern]).allows(command) == isAllowed)
    }

    @Test func `no list allows all, an empty one nothing`() {
        #expect(CommandPolicy.any.allows(["rm"]))
        #expect(!CommandPolicy.only([]).allows(["rm"]))
    }
}
