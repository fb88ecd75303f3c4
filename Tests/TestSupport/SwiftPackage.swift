/// A package of somebody else's that builds on this one.
package struct SwiftPackage: Sendable {
    package let path: String
    /// Kept beside this build, so that only what changed is built again.
    private let scratch: String

    /// - Parameter name: What to keep its build under.
    package init(_ path: String, name: String) {
        self.path = path
        scratch = "\(builtProductsDirectory)/\(name)"
    }

    package func build() async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            "swift", ["build", "--package-path", path, "--scratch-path", scratch],
            deadline: .seconds(1200))
    }

    /// Where `build` leaves a library.
    package func library(_ name: String) -> String { "\(scratch)/debug/lib\(name).so" }
}
