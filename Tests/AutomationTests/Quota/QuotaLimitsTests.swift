import AgentConfiguration
import Automation
import Testing

struct QuotaLimitsTests {
    @Test func `a site has its own limit, that of other sites, the global one, or none`() throws {
        let limits = try QuotaLimits(global: 9, sites: ["chi1": 0], otherSites: 3)
        #expect(limits.limit(of: "chi1") == 0)
        #expect(limits.limit(of: "nyc") == 3)
        #expect(try QuotaLimits(global: 9, sites: ["chi1": 2]).limit(of: "nyc") == 9)
        let closed = try QuotaLimits(global: 9, sites: ["chi1": 2], unknownSites: .refused)
        #expect(closed.limit(of: "chi1") == 2)
        #expect(closed.limit(of: "nyc") == nil)
    }

    @Test(
        arguments: [
            (
                -1, [:], nil,
                "the quota on everything is -1: a whole number from 0 to 1000000 is accepted"
            ),
            (
                1, ["chi1": 1_000_001], nil,
                "the quota of site \"chi1\" is 1000001: a whole number from 0 to 1000000 is accepted"
            ),
            (
                1, [:], -7,
                "the quota of other sites is -7: a whole number from 0 to 1000000 is accepted"
            ),
            (1, ["": 1], nil, "the name of a site is empty"),
            (
                1, [String(repeating: "x", count: 129): 1], nil,
                "the name of a site has 129 bytes: at most 128 are accepted"
            ),
            (
                1, Dictionary(uniqueKeysWithValues: (0...1_000).map { ("s\($0)", 1) }), nil,
                "1001 sites have quotas: at most 1000 are accepted"
            ),
        ] as [(Int, [String: Int], Int?, String)])
    func `limits that cannot be are refused with a sentence`(
        global: Int, sites: [String: Int], other: Int?, sentence: String
    ) {
        let error = #expect(throws: QuotaLimitsError.self) {
            try QuotaLimits(global: global, sites: sites, otherSites: other)
        }
        #expect(error?.description == sentence)
    }

    @Test(
        arguments: [
            ([:], 5, ["chi1": 2, "nyc": 1]),
            (["NET_AUTO_AUTOMATION_GLOBAL_LIMIT": "70"], 70, ["chi1": 2, "nyc": 1]),
            (["NET_AUTO_AUTOMATION_GLOBAL_LIMIT": " 0\n"], 0, ["chi1": 2, "nyc": 1]),
            (["NET_AUTO_AUTOMATION_GLOBAL_LIMIT": "  "], 5, ["chi1": 2, "nyc": 1]),
            (["NET_AUTO_AUTOMATION_SITE_LIMITS": ""], 5, ["chi1": 2, "nyc": 1]),
            (
                ["NET_AUTO_AUTOMATION_SITE_LIMITS": "chi1=10,ams=4"], 5,
                ["chi1": 10, "nyc": 1, "ams": 4]
            ),
            (["NET_AUTO_AUTOMATION_SITE_LIMITS": " chi1 = 0 , nyc= 3"], 5, ["chi1": 0, "nyc": 3]),
            (["NET_AUTO_AUTOMATION_SITE_LIMITS": "a=b=7"], 5, ["chi1": 2, "nyc": 1, "a=b": 7]),
            (["NET_AUTO_AUTOMATION_SITE_LIMITS": "{}"], 5, ["chi1": 2, "nyc": 1]),
            (
                ["NET_AUTO_AUTOMATION_SITE_LIMITS": " {\"chi1\": 10, \"n\\u0079c\": 0}"], 5,
                ["chi1": 10, "nyc": 0]
            ),
        ] as [([String: String], Int, [String: Int])])
    func `the environment overrides what it names`(
        variables: [String: String], global: Int, sites: [String: Int]
    ) throws {
        let configured = try QuotaLimits(
            global: 5, sites: ["chi1": 2, "nyc": 1], unknownSites: .refused)
        #expect(
            try configured.overridden(by: Environment(variables))
                == QuotaLimits(global: global, sites: sites, unknownSites: .refused))
    }

    @Test(arguments: [
        ("ten", "the limit is \"ten\": a whole number from 0 to 1000000 is accepted"),
        ("-1", "the limit is \"-1\": a whole number from 0 to 1000000 is accepted"),
        ("1.5", "the limit is \"1.5\": a whole number from 0 to 1000000 is accepted"),
        ("1000001", "the limit is \"1000001\": a whole number from 0 to 1000000 is accepted"),
        (
            "99999999999999999999",
            "the limit is \"99999999999999999999\": a whole number from 0 to 1000000 is accepted"
        ),
    ])
    func `a global limit that cannot be read is refused`(text: String, problem: String) {
        expect("NET_AUTO_AUTOMATION_GLOBAL_LIMIT", text, problem)
    }

    @Test(arguments: [
        (
            "chi1",
            "\"chi1\" is not of the form SITE=LIMIT; accepted are a list such as chi1=10,nyc=5 "
                + "and a JSON object such as {\"chi1\": 10, \"nyc\": 5}"
        ),
        (
            "chi1=1,",
            "\"\" is not of the form SITE=LIMIT; accepted are a list such as chi1=10,nyc=5 "
                + "and a JSON object such as {\"chi1\": 10, \"nyc\": 5}"
        ),
        (
            "chi1=many",
            "the limit of site \"chi1\" is \"many\": a whole number from 0 to 1000000 is accepted"
        ),
        ("=1", "the name of a site is empty"),
        ("chi1=1,chi1=2", "site \"chi1\" stands there twice"),
        (
            "{\"chi1\": 10",
            "the JSON cannot be read at 1:12: "
                + "expected \",\" or \"}\" after the value of \"chi1\", found the end"
        ),
        (
            "{\"chi1\": -1}",
            "the limit of site \"chi1\" (at 1:10) is not a whole number from 0 to 1000000"
        ),
        (
            "{\"chi1\": \"10\"}",
            "the limit of site \"chi1\" (at 1:10) is not a whole number from 0 to 1000000"
        ),
        (
            "{\"chi1\": {\"deep\": 1}}",
            "the limit of site \"chi1\" (at 1:10) is not a whole number from 0 to 1000000"
        ),
    ])
    func `site limits that cannot be read are refused`(text: String, problem: String) {
        expect("NET_AUTO_AUTOMATION_SITE_LIMITS", text, problem)
    }

    private func expect(_ variable: String, _ text: String, _ problem: String) {
        let error = #expect(throws: QuotaLimitsError.self) {
            try QuotaLimits(global: 5).overridden(by: Environment([variable: text]))
        }
        #expect(error?.description == "environment variable \(variable): \(problem)")
    }

    @Test func `a long text from the environment does not become a long sentence`() throws {
        let text = String(repeating: "x\n", count: 100_000)
        let error = try #require(throws: QuotaLimitsError.self) {
            try QuotaLimits(global: 5)
                .overridden(by: ["NET_AUTO_AUTOMATION_SITE_LIMITS": text])
        }
        #expect(error.description.utf8.count < 300)
        #expect(!error.description.contains("\n"))
    }
}
