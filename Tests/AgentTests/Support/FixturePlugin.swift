import TestSupport

/// Builds libraries of `Tests/Fixtures/plugins` where a test wants them.
enum FixturePlugin {
    /// Builds some of them into a directory.
    static func build(_ names: String..., in directory: TemporaryDirectory) async throws {
        let script = "\(repositoryRoot)/Tests/Fixtures/plugins/build.sh"
        let built = try await ChildProcess.run("sh", [script, directory.path] + names)
        guard built.exit == .code(0) else { throw DoesNotBuild(description: built.errors) }
    }

    struct DoesNotBuild: Error, CustomStringConvertible {
        let description: String
    }
}
