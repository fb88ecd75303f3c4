/// A plugin in Swift: a package of its own on PluginKit.
enum SwiftSkeleton {
    static func files(
        kind: PluginSkeleton.Kind, agentPackage: String
    ) throws(PluginSkeletonError) -> [(path: String, contents: String)] {
        let dependency = try PackageDependency(agentPackage)
        let (source, kinds) =
            switch kind {
            case .exporter: (exporter, "0b10")
            case .metrics: (metrics, "0b1")
            }
        return [
            (
                "Package.swift",
                manifest
                    .replacing("@DEPENDENCY@", with: dependency.declaration)
                    .replacing("@PACKAGE@", with: dependency.package)
            ),
            ("Sources/@NAME@/Plugin.swift", source),
            ("Sources/@NAME@/Entry.swift", entry.replacing("@KINDS@", with: kinds)),
            ("config.json", configuration),
            (".gitignore", ".build/\n"),
            ("README.md", readme),
        ]
    }

    /// Where the agent's package is, as a manifest says it.
    private struct PackageDependency {
        let declaration: String

        /// The name under which targets ask for its products.
        let package: String

        init(_ text: String) throws(PluginSkeletonError) {
            let isOneLine = text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0.value != 0x7f && $0 != "\"" && $0 != "\\"
            }
            guard !text.isEmpty, isOneLine else { throw .invalidPackage(text) }
            guard text.contains("://") || text.hasPrefix("git@") else {
                declaration = ".package(name: \"agent\", path: \"\(text)\")"
                package = "agent"
                return
            }
            let place =
                text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false).last
                ?? ""
            var repository = place.split(whereSeparator: { $0 == "/" || $0 == ":" }).last ?? ""
            if repository.hasSuffix(".git") { repository.removeLast(4) }
            guard !repository.isEmpty else { throw .invalidPackage(text) }
            declaration = ".package(url: \"\(text)\", branch: \"main\")"
            package = String(repository)
        }
    }

    private static let manifest = #"""
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "@NAME@",
            products: [.library(name: "@NAME@", type: .dynamic, targets: ["@NAME@"])],
            dependencies: [@DEPENDENCY@],
            targets: [
                .target(
                    name: "@NAME@",
                    dependencies: [
                        .product(name: "CAgentPlugin", package: "@PACKAGE@"),
                        .product(name: "PluginKit", package: "@PACKAGE@"),
                    ])
            ]
        )

        """#

    private static let entry = #"""
        public import CAgentPlugin
        import PluginKit

        /// What the agent reads from the file before it loads it.
        @section(".note.agent.plugin") @used
        let note: PluginNote = (
            header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
            abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: @KINDS@, reserved: (0, 0, 0, 0)
        )

        /// The one symbol of the library that the agent asks for.
        @c @implementation
        public func agent_plugin_entry(
            _ host: UnsafePointer<agent_host>!,
            _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
            _ error: UnsafeMutablePointer<agent_error>!
        ) -> agent_status {
            PluginEntry<@NAME@Plugin>.enter(host, plugin, error)
        }

        """#

    private static let configuration = #"""
        {
          "plugins": [
            { "library": ".build/release/lib@NAME@.so" }
          ]
        }

        """#

    private static let readme = #"""
        # @NAME@

        @SUMMARY@

            swift build -c release
            agent plugin check .build/release/lib@NAME@.so
            agent --list-plugins --plugin .build/release/lib@NAME@.so
            agent run --config config.json

        """#
}
