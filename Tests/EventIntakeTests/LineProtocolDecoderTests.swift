import Telemetry
import Testing

@testable import EventIntake

struct LineProtocolDecoderTests {
    @Test(arguments: [
        ("a v=1i", "a v=1"),
        (
            "net_auto.runner.stop,site=ams duration=12i,bytes=7u 1700000000000000000",
            "net_auto.runner.stop bytes=7 duration=12 site:\"ams\""
                + " @1700000000000000000"
        ),
        // Numbers
        ("a v=-9223372036854775808i", "a v=-9223372036854775808"),
        ("a v=9223372036854775807i", "a v=9223372036854775807"),
        ("a v=00000000000000000000007i", "a v=7"),
        (
            "a v=12345678i,w=123456789i,x=1234567812345678i,y=12345678123456781i",
            "a v=12345678 w=123456789 x=1234567812345678"
                + " y=12345678123456781"
        ),
        ("a v=9223372036854775807u", "a v=9223372036854775807"),
        ("a v=18446744073709551615u", "a v=1.8446744073709552e+19"),
        ("a v=-0i", "a v=0"),
        (
            "a v=1,w=-2.5,x=.5,y=5.,z=1e3",
            "a v=1.0 w=-2.5 x=0.5 y=5.0"
                + " z=1000.0"
        ),
        (
            "a v=0.1,w=1E-7,x=1.7976931348623157e308,y=4.9e-324",
            "a v=0.1 w=1e-07 x=1.7976931348623157e+308 y=5e-324"
        ),
        ("a v=123456789012345678901234567890.5", "a v=1.2345678901234568e+29"),
        (
            "a v=9007199254740993.0,w=0.30000000000000004",
            "a v=9007199254740992.0 w=0.30000000000000004"
        ),
        ("a v=1e-999999999999999999999", "a v=0.0"),
        // Other fields are metadata
        (
            "a v=1i,s=\"x, y=\\\"z\\\" \\\\ \\n\"",
            "a v=1 s:\"x, y=\\\"z\\\" \\\\ \\n\""
        ),
        ("a s=\"1\\n2\\r3\\t4\\x5\\\\n6\"", "a s:\"1\\n2\\r3\\t4\\\\x5\\\\n6\""),
        ("a s=\"two\nlines\",v=1i 5", "a v=1 s:\"two\\nlines\" @5"),
        ("a s=\"\r\n\n\"", "a s:\"\\r\\n\\n\""),
        ("\u{feff}a v=1i", "a v=1"),
        ("a s=\"\"", "a s:\"\""),
        (
            "a b=t,c=F,d=true,e=False,f=TRUE",
            "a b:true c:false d:true e:false f:true"
        ),
        // Escapes
        ("a,k\\ 1\\,2\\=3=v\\ 1\\,2\\=3 f\\=1=1i", "a f=1=1 k 1,2=3:\"v 1,2=3\""),
        ("a,k=C:\\dir\\\\x v=1i", "a v=1 k:\"C:\\\\dir\\\\\\\\x\""),
        ("a,k=\"q\" v=1i", "a v=1 k:\"\\\"q\\\"\""),
        ("a,k=tab\there v=1i", "a v=1 k:\"tab\\there\""),
        // Beyond ASCII
        (
            "größe,ort=Zürich,名=東京 v=1i",
            "größe v=1 ort:\"Zürich\" 名:\"東京\""
        ),
        // Space, line ends, correlation
        ("  a   v=1i   5   ", "a v=1 @5"),
        ("a v=1i ", "a v=1"),
        ("a v=1i\r", "a v=1"),
        ("a v=1i 5\r", "a v=1 @5"),
        ("a,k=v v=2.5\r", "a v=2.5 k:\"v\""),
        ("a v=1i -5", "a v=1 @-5"),
        ("a v=1i 0", "a v=1 @0"),
        ("a v=1i -9223372036854775807", "a v=1 @-9223372036854775807"),
        // A field may have a tag's key, and a field another's.
        ("a,k=1 k=\"2\",k=\"3\"", "a k:\"3\""),
        (
            "a,correlation_id=req-7 v=1i",
            "a v=1 correlation_id:\"req-7\" correlation=req-7"
        ),
        (
            "a v=1i,correlation_id=\"req 7\"",
            "a v=1 correlation_id:\"req 7\" correlation=req 7"
        ),
    ])
    func `a good line becomes its event`(line: String, event: String) throws {
        let decoded = try decodeLines(line)
        #expect(decoded.lines == [event])
        #expect(decoded.faults == [])
        #expect(decoded.summary.received == 1 && decoded.summary.applied == 1)
    }

    @Test(arguments: [
        ("a", "syntax@1:2"), ("a ", "syntax@1:3"), ("a,", "syntax@1:3"), ("a,k", "syntax@1:4"),
        ("a,k=", "syntax@1:5"), ("a,k=v", "syntax@1:6"), ("a,k=v ", "syntax@1:7"),
        (",k=v v=1i", "syntax@1:1"), ("=", "syntax@1:2"), ("a,k= v=1i", "syntax@1:5"),
        ("a,=v v=1i", "syntax@1:3"), ("a,k=v,v=1i", "syntax@1:11"), ("a,k v=1i", "syntax@1:4"),
        ("a,k=v=w v=1i", "syntax@1:6"), ("a v", "syntax@1:4"), ("a v=", "syntax@1:5"),
        ("a =1i", "syntax@1:3"), ("a v=1i,", "syntax@1:8"), ("a v=1i, w=1i", "syntax@1:8"),
        ("a v=i", "syntax@1:5"), ("a v=-i", "syntax@1:5"), ("a v=1ii", "syntax@1:5"),
        ("a v=1.5i", "syntax@1:5"), ("a v=-1u", "syntax@1:5"), ("a v=+1i", "syntax@1:5"),
        ("a v=1e", "syntax@1:5"), ("a v=1e+", "syntax@1:5"), ("a v=1.2.3", "syntax@1:5"),
        ("a v=.", "syntax@1:5"), ("a v=-", "syntax@1:5"), ("a v=--1", "syntax@1:5"),
        ("a v=NaN", "syntax@1:5"), ("a v=inf", "syntax@1:5"), ("a v=-inf", "syntax@1:5"),
        ("a v=0x10", "syntax@1:5"), ("a v=tr", "syntax@1:5"), ("a v=yes", "syntax@1:5"),
        ("a v=1i=2", "syntax@1:7"), ("a v=1i\"", "syntax@1:7"),
        ("a v=\"x", "syntax@1:5"), ("a v=\"x\"y", "syntax@1:8"), ("a v=\"x\\\"", "syntax@1:5"),
        ("a v=1i x", "syntax@1:8"), ("a v=1i 1.5", "syntax@1:8"), ("a v=1i 1 2", "syntax@1:10"),
        ("a v=1i 1,w=2", "syntax@1:9"), ("a v=1i -", "syntax@1:8"),
        ("a\tb v=1i", "syntax@1:2"), ("a v=1i\rb", "syntax@1:7"), ("a v\u{1}=1i", "syntax@1:4"),
        ("a v=9223372036854775808i", "number_out_of_range@1:5"),
        ("a v=-9223372036854775809i", "number_out_of_range@1:5"),
        ("a v=99999999999999999999999i", "number_out_of_range@1:5"),
        ("a v=18446744073709551616u", "number_out_of_range@1:5"),
        ("a v=1e999", "number_out_of_range@1:5"),
        ("a v=1i 9223372036854775808", "number_out_of_range@1:8"),
        ("a v=1i -9223372036854775808", "number_out_of_range@1:8"),
        ("a,k=1,k=2 v=1i", "duplicate_key@1:1"), ("a,k=1,j=2,k=1 v=1i", "duplicate_key@1:1"),
        ("a..b v=1i", "invalid_name@1:1"), (".a v=1i", "invalid_name@1:1"),
        ("a\\ b v=1i", "invalid_name@1:1"), ("a\"b\" v=1i", "invalid_name@1:1"),
        ("  a! v=1i", "invalid_name@1:3"),
    ])
    func `a bad line is rejected with its reason and column`(line: String, fault: String) throws {
        let decoded = try decodeLines(line)
        #expect(decoded.faults == [fault])
        #expect(decoded.lines == [])
        #expect(decoded.summary.received == 1 && decoded.summary.rejected == 1)
    }

    @Test func `ill-formed UTF-8 is rejected at its first byte, and only in its own line`() throws {
        let bytes = Array("a,k=".utf8) + [0xc3, 0x28] + Array(" v=1i\na,k=ü v=2i\nb v=3i\n".utf8)
        let decoded = try decodeLines(bytes)
        #expect(decoded.faults == ["invalid_utf8@1:5"])
        #expect(decoded.lines == ["a v=2 k:\"ü\"", "b v=3"])
    }

    @Test(
        arguments: [
            [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x80, 0x80], [0x80],
            [0xff], [0xf0, 0x9f, 0x98], [0xf0, 0x8f, 0xbf, 0xbf],
        ] as [[UInt8]])
    func `no ill-formed sequence passes`(sequence: [UInt8]) throws {
        let line = Array("a,k=".utf8) + sequence + Array(" v=1i".utf8)
        #expect(try decodeLines(line).faults == ["invalid_utf8@1:5"])
    }

    @Test func `comments and blank lines count for nothing, and lines are numbered with them`()
        throws
    {
        let decoded = try decodeLines("# note\n\n  \r\n\t# note\na v=1i\r\n\nb v=\nc v=3i")
        #expect(decoded.lines == ["a v=1", "c v=3"])
        #expect(decoded.faults == ["syntax@7:5"])
        #expect(decoded.summary.received == 3)
    }

    @Test func `a bad line leaves its neighbours alone`() throws {
        let good = "event.name,tag=value field=1i"
        for bad in ["a", "a v=1i\"", "a,k=v=w v=1i", "a v=1e999", "a\\ b v=1"] {
            let decoded = try decodeLines("\(good)\n\(bad)\n\(good)\n")
            #expect(decoded.summary.applied == 2 && decoded.summary.rejected == 1, "\(bad)")
        }
    }

    @Test(arguments: [
        "a v=x,s=\"1\nforged count=1i\n2\"", "a s=\"1\nforged count=1i\n2\",v=x",
        "a s=\"1\nforged count=1i\n2\"3", "a!,k=\\ \\,x s=\"\\\"\nforged count=1i\n2\"",
        "a,k s=\"1\nforged count=1i\n\"", "a v=1i s=\"1\nforged count=1i\n\"",
        "a v=1i, s=\"1\nforged count=1i\n\"", "a,k=\\\\\\ x s=\"1\nforged count=1i\n\",v=x",
        "  a v=x,s=\"1\nforged count=1i\n\"", "\u{feff}a v=x,s=\"1\nforged count=1i\n\"",
    ])
    func `what stands inside quotes is no line, whatever is wrong with the line around it`(
        line: String
    ) throws {
        let decoded = try decodeLines("b v=1i\n\(line)\nc v=x\nd v=2i\n")
        #expect(decoded.lines == ["b v=1", "d v=2"])
        #expect(decoded.summary.received == 4 && decoded.summary.rejected == 2)
        let breaks = line.utf8.count { $0 == UInt8.newline }
        #expect(decoded.faults.last == "syntax@\(3 + breaks):5")
    }

    @Test func `nothing behind a quote that is not closed is an event`() throws {
        let decoded = try decodeLines("b v=1i\na s=\"1\nforged count=1i\nforged count=2i\n")
        #expect(decoded.lines == ["b v=1"])
        #expect(decoded.faults == ["syntax@2:5"])
    }

    @Test
    func `a text may have newlines up to the limit of lines, and is none of its lines beyond`()
        throws
    {
        var limits = DecodeLimits()
        limits.lineBytes = 40
        func line(_ count: Int) -> String {
            "a s=\"\(String(repeating: "\nforged v=1i\n", count: count))\",v=1i"
        }
        #expect(try decodeLines(line(2) + "\nb v=2i", limits: limits).events.count == 2)
        let decoded = try decodeLines(line(9) + "\nb v=2i", limits: limits)
        #expect(decoded.lines == ["b v=2"] && decoded.faults == ["line_too_long@1:1"])
    }

    @Test func `limits reject what is longer, and nothing that just fits`() throws {
        var limits = DecodeLimits()
        limits.lineBytes = 40
        limits.labelBytes = 8
        limits.keyBytes = 4
        func fault(_ line: String) throws -> String? {
            try decodeLines(line, limits: limits).faults.first
        }
        #expect(try fault("a,k=12345678 v=1i") == nil)
        #expect(try fault("a,k=123456789 v=1i") == "label_too_long@1:5")
        #expect(try fault("a,k=1234567\\ v=1i") == "syntax@1:15")
        #expect(try fault("a,k=123456\\ \\  v=1i") == nil)
        #expect(try fault("a,k=1234567\\ \\  v=1i") == "label_too_long@1:5")
        #expect(try fault("a s=\"12345678\"") == nil)
        #expect(try fault("a s=\"123456789\"") == "label_too_long@1:5")
        #expect(try fault("a,1234=5 v=1i") == nil)
        #expect(try fault("a,12345=5 v=1i") == "key_too_long@1:3")
        #expect(try fault("a 12345=5i") == "key_too_long@1:3")
        #expect(try fault("a,k=1 v=1i,w=1i,x=1i,y=1i,z=1i 123456789") == nil)
        #expect(try fault("a,k=1 v=1i,w=1i,x=1i,y=1i,z=1i 1234567890") == "line_too_long@1:1")
    }

    @Test func `more keys than an event can have are rejected`() throws {
        let fields = (0...64).map { "f\($0)=1i" }
        #expect(
            try decodeLines("a " + fields.joined(separator: ",")).faults == ["too_many_keys@1:1"])
        #expect(try decodeLines("a " + fields.dropLast().joined(separator: ",")).faults == [])
    }

    @Test func `an event that nobody wants is counted as unhandled`() throws {
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "wanted.*")
        var decoder = EventDecoder(bus: bus, limits: DecodeLimits())
        Array("wanted.a v=1i\nother v=1i\n".utf8).withUnsafeBufferPointer { decoder.decodeText($0) }
        #expect(recorder.events.count == 1)
        #expect(decoder.summary.rejectedByReason == [.unhandled: 1])
    }

    @Test(arguments: [(1_000_000_000, "@1700000000000000000"), (1_000_000, "@1700000000000000")])
    func `a precision multiplies timestamps`(precision: Int64, time: String) throws {
        #expect(
            try decodeLines("a v=1i 1700000000", precision: precision).lines
                == ["a v=1 \(time)"])
    }

    @Test func `a timestamp that precision drives out of range is rejected`() throws {
        let decoded = try decodeLines("a v=1i 1700000000000000000", precision: 1_000_000_000)
        #expect(decoded.faults == ["number_out_of_range@1:8"])
    }

    @Test func `a fault says in a sentence what was expected`() throws {
        let fault = try #require(try decodeLines("a v=1i\nb v=x\n").summary.faults.first)
        #expect(
            fault.description
                == "line 2, column 5: syntax: expected a value such as 1i, 2.5, true or \"text\"")
    }

    @Test func `a line is the same wherever it lies in its block of 64 bytes`() throws {
        let line =
            "net.event,site=ams,名=ü\\ b duration=123456789i,rate=2.5,s=\"a b\" 1700000000000000000"
        let expected = try decodeLines(line).lines
        #expect(expected.count == 1)
        for shift in 0..<130 {
            let comment = "#" + String(repeating: "x", count: shift)
            #expect(try decodeLines("\(comment)\n\(line)\n").lines == expected)
            let other = "a,k=" + String(repeating: "x", count: shift + 1) + " v=1i"
            #expect(try decodeLines("\(other)\n\(line)\n").lines.last == expected[0])
        }
    }
}
