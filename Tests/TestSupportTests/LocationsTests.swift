import Foundation
import TestSupport
import Testing

struct LocationsTests {
    @Test func `the checkout and what was built of it are found`() {
        let files = FileManager.default
        #expect(files.fileExists(atPath: "\(repositoryRoot)/Package.swift"))
        #expect(files.isExecutableFile(atPath: agentExecutable))
        #expect(files.fileExists(atPath: pluginLibrary("Runner")))
    }

    @Test func `a temporary directory goes with its owner`() throws {
        var directory: TemporaryDirectory? = try TemporaryDirectory()
        let file = try #require(try directory?.write("x", to: "a/b/c"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "x")
        directory = nil
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}
