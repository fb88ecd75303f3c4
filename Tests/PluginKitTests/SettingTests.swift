import Testing

@testable import PluginKit

private struct Everything: PluginSettings {
    enum Mode: String, CaseIterable, SettingValue {
        case fast
        case safe
    }

    @Setting("topic", "Where to.", required: true) var topic = ""
    @Setting("linger_ms", "How long.", in: 0...60_000) var linger = 5
    @Setting("ratio", "Share.", in: 0...1) var ratio = 0.5
    @Setting("mode", "How.") var mode = Mode.safe
    @Setting("hosts", "Whom.") var hosts = ["a"]
    @Setting("patience", "How long.") var patience = Duration.milliseconds(1_500)
    @Setting("tls", "Encrypted.") var tls: Bool?
    @Setting("password", "Secret.") var password: Secret?
}

struct SettingTests {
    @Test func `what is left out keeps its default`() throws {
        let settings = try decoded(#"{"topic": "t"}"#)
        #expect(settings.topic == "t")
        #expect(settings.linger == 5)
        #expect(settings.mode == .safe)
        #expect(settings.hosts == ["a"])
        #expect(settings.tls == nil)
    }

    @Test func `what is written is taken`() throws {
        let settings = try decoded(
            """
            {"topic": "t", "linger_ms": 9, "ratio": 1, "mode": "fast", "hosts": [], "tls": true,
             "patience": "2m", "password": {"secret": "LONG"}}
            """)
        #expect(settings.linger == 9)
        #expect(settings.ratio == 1)
        #expect(settings.mode == .fast)
        #expect(settings.hosts == [])
        #expect(settings.patience == .seconds(120))
        #expect(settings.tls == true)
        #expect(settings.password?.withBytes { $0.count } == 1_000)
    }

    @Test func `two instances do not share their settings`() throws {
        let first = try decoded(#"{"topic": "one"}"#)
        let second = try decoded(#"{"topic": "two"}"#)
        #expect(first.topic == "one")
        #expect(second.topic == "two")
    }

    @Test(
        arguments: [
            ("{}", "\"topic\": is missing"),
            (#"{"topic": 5}"#, "\"topic\": found an integer, accepted: a string"),
            (#"{"topic": "t", "linger_ms": 1.5}"#, "found a number, accepted: an integer"),
            (#"{"topic": "t", "linger_ms": 60001}"#, "found 60001, accepted: 0 to 60000"),
            (#"{"topic": "t", "ratio": -0.5}"#, "found -0.5, accepted: 0 to 1"),
            (#"{"topic": "t", "mode": "slow"}"#, "accepted: one of fast, safe"),
            (#"{"topic": "t", "hosts": [1]}"#, "accepted: a list of strings"),
            (#"{"topic": "t", "tls": null}"#, "\"tls\": found null"),
            (#"{"topic": "t", "patience": 5}"#, #"accepted: a duration such as "250ms""#),
            (#"{"topic": "t", "patience": "5"}"#, #"accepted: a duration such as "250ms""#),
            (#"{"topic": "t", "patience": "-5s"}"#, #"accepted: a duration such as "250ms""#),
            (#"{"topic": "t", "patience": "9999999999d"}"#, "accepted: a duration"),
            (#"{"topic": "t", "password": {"secret": "NONE"}}"#, "there is no secret \"NONE\""),
            (#"{"topic": "t", "tpoic": 1}"#, "\"tpoic\" is unknown; there are topic, linger_ms"),
            ("[]", "found an array, accepted: an object"),
        ]) func `a wrong setting is refused with its key`(text: String, sentence: String)
    {
        let failure = #expect(throws: PluginError.self) { try decoded(text) }
        #expect(failure?.description.contains(sentence) == true, "\(failure?.description ?? "")")
    }

    @Test func `the schema says what is decoded`() {
        #expect(
            Everything.schema?.description == """
                {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",\
                "additionalProperties":false,"properties":{\
                "topic":{"description":"Where to.","type":"string"},\
                "linger_ms":{"description":"How long.","type":"integer","minimum":0,\
                "maximum":60000,"default":5},\
                "ratio":{"description":"Share.","type":"number","minimum":0,"maximum":1,\
                "default":0.5},\
                "mode":{"description":"How.","enum":["fast","safe"],"default":"safe"},\
                "hosts":{"description":"Whom.","type":"array","items":{"type":"string"},\
                "default":["a"]},\
                "patience":{"description":"How long.","type":"string",\
                "pattern":"^[0-9]{1,9}(ns|us|ms|s|m|h|d)$","default":"1500ms"},\
                "tls":{"description":"Encrypted.","type":"boolean"},\
                "password":{"description":"Secret.","type":"string","writeOnly":true}},\
                "required":["topic"]}
                """)
        #expect(NoSettings.schema == nil)
    }

    @Test func `a secret never shows and compares as a whole`() {
        let secret = Secret(copying: "open sesame".utf8)
        #expect("\(secret)" == "(secret)")
        for (other, isSame) in [
            "open sesame": true, "open sesamE": false, "open": false, "": false,
            "open sesameopen sesame": false,
        ] {
            var other = other
            #expect(other.withUTF8 { secret.matches(UnsafeRawBufferPointer($0)) } == isSame)
        }
    }

    private func decoded(_ text: String) throws -> Everything {
        let fake = FakeHost()
        return try Everything.decoded(from: JSON(parsing: text), host: fake.host)
    }
}
