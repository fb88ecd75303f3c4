import Foundation

/// The root of the checkout: what `Package.swift` lies in.
package let repositoryRoot: String = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// Where the build left the test bundle, and beside it `agent` and every plugin's `lib<Name>.so`.
package let builtProductsDirectory: String = URL(fileURLWithPath: "/proc/self/exe")
    .resolvingSymlinksInPath().deletingLastPathComponent().path

/// The built `agent`, to be started as a person would start it.
package let agentExecutable = "\(builtProductsDirectory)/agent"

/// The shared library of a plugin under `Plugins/`.
package func pluginLibrary(_ name: String) -> String {
    "\(builtProductsDirectory)/lib\(name).so"
}
