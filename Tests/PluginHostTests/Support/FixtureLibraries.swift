import Foundation
import TestSupport

@testable import PluginHost

/// The fixture libraries, built once for the process that tests.
enum FixtureLibraries {
    private static let temporary: TemporaryDirectory? = {
        // A static is never let go of, so what it made is removed when the process ends.
        atexit { try? FileManager.default.removeItem(atPath: FixtureLibraries.directory) }
        return try? TemporaryDirectory()
    }()

    /// Where they are: a directory that only this user can write.
    static let directory: String = {
        let target = temporary?.path ?? "/nowhere"
        let build = Process()
        build.executableURL = URL(filePath: "/bin/sh")
        build.arguments = ["\(repositoryRoot)/Tests/Fixtures/plugins/build.sh", target]
        do {
            try build.run()
            build.waitUntilExit()
        } catch {
            fatalError("the fixture libraries cannot be built: \(error)")
        }
        precondition(build.terminationStatus == 0, "the fixture libraries do not build")
        return target
    }()

    static func path(_ name: String) -> String { "\(directory)/\(name).so" }

    /// One instance of a fixture.
    static func spec(_ library: String, name: String? = nil, settings: String = "{}") -> PluginSpec
    {
        var spec = PluginSpec(
            name: name ?? library, library: PluginLocation(file: path(library)))
        spec.settings = settings
        return spec
    }
}
