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
        (["cat", "/proc/*"], ["cat", "/proc/meminfo"], true),
        (["cat", "/proc/*"], ["cat", "/proc/net/dev"], false),
        (["cat", "/proc/*"], ["cat", "/proc/../etc/shadow"], false),
        (["cat", "/proc/*"], ["cat", "/proc/self/root/etc/shadow"], false),
        (["cat", "/proc/*"], ["cat", "/proc/.."], false),
        (["cat", "/proc/*"], ["cat", "/proc/..."], true),
        (["cat", "/proc/*"], ["cat", "/proc/a..b"], true),
        (["cat", "/proc/*"], ["cat", "/etc/shadow"], false),
        (["cat", "/proc/*/*"], ["cat", "/proc/net/dev"], true),
        (["cat", "/proc/*/*"], ["cat", "/proc/../shadow"], false),
        (["cat", "/proc/*/*"], ["cat", "/proc//dev"], true),
        (["cat", "/var/*.log"], ["cat", "/var/x.log"], true),
        (["cat", "/var/*.log"], ["cat", "/var/a/x.log"], false),
        (["show", "*/*"], ["show", "Gi0/1"], true),
        (["show", "*"], ["show", "Gi0/1"], false),
        (["cat", "/a/../b"], ["cat", "/a/../b"], true),
        (["cat", "**"], ["cat", "../x", "/etc/shadow"], true),
        (["*"], ["/bin/sh"], false),
        (["*b*b*"], ["abab/"], false),
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
