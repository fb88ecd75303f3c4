// swift-tools-version: 6.2
import PackageDescription

// MARK: Products: what others may build on, and the executable.

let package = Package(
    name: "agent",
    products: [
        .executable(name: "agent", targets: ["agent"]),
        .library(name: "CAgentPlugin", targets: ["CAgentPlugin"]),
        .library(name: "PluginKit", targets: ["PluginKit"]),
        .library(name: "Telemetry", targets: ["Telemetry"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1",
            traits: []),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(
            url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    ]
)

// MARK: The core, layer by layer; imports point downwards only (docs/architecture.md).

package.targets += [
    // Layer 0
    .target(name: "CAgentPlugin"),
    .target(name: "CCurl"),
    .target(name: "CPlatform"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    core("Digest", []),
    core("Telemetry", ["CPlatform"]),
    // Layer 1
    core("MetricRegistry", ["CPlatform", "Telemetry"]),
    core("PluginKit", ["CAgentPlugin"]),
    core("PubSub", []),
    core("Redaction", ["Telemetry"]),
    // Layer 2
    core("AgentConfiguration", ["Redaction"]),
    core("EventIntake", ["Telemetry", "CPlatform"]),
    core("Dashboards", ["AgentConfiguration", .product(name: "Yams", package: "Yams")]),
    core(
        "Repo",
        [
            "Digest", "Telemetry",
            .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ]),
    // Layer 3
    core(
        "Automation",
        [
            "AgentConfiguration", "CPlatform", "PubSub", "Redaction", "Repo", "Telemetry",
            .product(name: "Subprocess", package: "swift-subprocess"),
            .product(name: "SystemPackage", package: "swift-system"),
        ]),
    core(
        "PluginHost",
        ["CAgentPlugin", "CPlatform", "Digest", "Telemetry", "MetricRegistry"]),
    // Layer 4
    core(
        "AgentRuntime",
        [
            "AgentConfiguration", "Automation", "CPlatform", "CZlib", "Dashboards", "Digest",
            "EventIntake", "MetricRegistry", "PluginHost", "PubSub", "Redaction", "Repo",
            "Telemetry",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ],
        // The live page's files, which the executable carries in itself.
        resources: [.embedInCode("LivePage/Assets")]),
    // Layer 5
    .executableTarget(name: "agent", dependencies: ["AgentRuntime"]),
]

// MARK: Plugins: one shared library each, built on the public products alone.

let plugins: [Target] = [
    plugin("Runner"),
    plugin("Quota"),
    plugin("LiveSession"),
    plugin("Database"),
    plugin("Prometheus", ["CZlib"]),
    plugin("Grafana", ["CCurl"]),
    plugin("StatsD"),
]
package.targets += plugins
package.products += plugins.map { .library(name: $0.name, type: .dynamic, targets: [$0.name]) }

// MARK: Tests

package.targets += [
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .target(
        name: "TestSupport", dependencies: ["CTestSupport", "Telemetry"], path: "Tests/TestSupport"),
    .target(
        name: "PluginTestSupport", dependencies: ["CAgentPlugin", "TestSupport"],
        path: "Tests/PluginTestSupport"),
    tests("TestSupport", []),
    tests("Digest", ["Digest"]),
    tests("Telemetry", ["Telemetry"]),
    tests("MetricRegistry", ["MetricRegistry", "Telemetry"]),
    tests("PluginKit", ["PluginKit", "CAgentPlugin"]),
    tests("Prometheus", ["CAgentPlugin", "CZlib", "PluginTestSupport"]),
    tests("Runner", ["PluginTestSupport"]),
    tests("Quota", ["PluginTestSupport"]),
    tests("LiveSession", ["PluginTestSupport"]),
    tests("Database", ["PluginTestSupport"]),
    tests("StatsD", ["CAgentPlugin", "PluginTestSupport"]),
    tests("Grafana", ["Grafana", "PluginKit"]),
    tests("AgentConfiguration", ["AgentConfiguration"]),
    tests("Dashboards", ["AgentConfiguration", "Dashboards"]),
    tests("EventIntake", ["EventIntake", "Telemetry"]),
    tests("PubSub", ["PubSub"]),
    tests("Redaction", ["Redaction", "Telemetry"]),
    tests("Repo", ["Repo", "Telemetry"]),
    // What is killed in the tests of what a killed agent leaves behind.
    .executableTarget(
        name: "AdapterHost", dependencies: ["Automation"], path: "Tests/AdapterHost"),
    tests(
        "Automation",
        [
            "AdapterHost", "AgentConfiguration", "Automation", "PubSub", "Redaction", "Repo",
            "Telemetry",
        ]),
    tests("PluginHost", ["PluginHost", "CAgentPlugin", "MetricRegistry", "Telemetry"]),
    tests("PluginConformance", ["PluginHost", "MetricRegistry", "Telemetry"]),
    tests(
        "AgentRuntime",
        [
            "AgentConfiguration", "AgentRuntime", "CZlib", "EventIntake", "MetricRegistry",
            "PluginHost", "PubSub", "Redaction", "Repo", "Telemetry",
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
        ]),
    tests("Agent", []),
]

// MARK: Benchmarks, which join when BENCHMARKS is set (make bench)

let benchmarks: [Target] = [
    .target(name: "CYardstick", path: "Benchmarks/CYardstick"),
    .target(
        name: "BenchmarkSupport",
        dependencies: ["CYardstick", "MetricRegistry", "Telemetry", benchmarkLibrary()],
        path: "Benchmarks/BenchmarkSupport"),
    benchmark(
        "Automation",
        ["Automation", "CYardstick", "MetricRegistry", "PubSub", "Repo", "Telemetry"]),
    benchmark(
        "Repo",
        ["MetricRegistry", "Repo", "Telemetry", .product(name: "GRDB", package: "GRDB.swift")]),
    benchmark("Telemetry", ["CYardstick", "Telemetry"]),
    benchmark("Pipeline", ["CYardstick", "MetricRegistry", "PubSub", "Redaction", "Telemetry"]),
    benchmark(
        "Log",
        [
            "AgentConfiguration", "AgentRuntime", "CYardstick", "Redaction", "Telemetry",
            .product(name: "Logging", package: "swift-log"),
        ]),
    benchmark("Intake", ["CYardstick", "EventIntake", "Telemetry"]),
    benchmark("Scrape", ["CYardstick", "MetricRegistry", "PluginHost", "Telemetry"]),
    benchmark("StatsD", ["CAgentPlugin", "CYardstick"]),
]
if Context.environment["BENCHMARKS"] != nil {
    package.dependencies += [
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: [])
    ]
    package.targets += benchmarks
}

// MARK: How a target is written in one line

func core(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies + ["TestSupport"])
}

func benchmarkLibrary() -> Target.Dependency { .product(name: "Benchmark", package: "benchmark") }

/// One executable under Benchmarks/, named "<area>Benchmarks".
func benchmark(_ area: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: "\(area)Benchmarks",
        dependencies: dependencies + ["BenchmarkSupport", benchmarkLibrary()],
        path: "Benchmarks/\(area)Benchmarks",
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    )
}

/// A plugin sees what a third party sees: PluginKit, the headers, and system libraries.
func plugin(_ name: String, _ system: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: ["CAgentPlugin", "PluginKit"] + system,
        path: "Plugins/\(name)",
        packageAccess: false
    )
}

// MARK: Settings every Swift target shares

for target in package.targets where ![.system, .plugin].contains(target.type) {
    guard !target.name.hasPrefix("C") || target.name.hasSuffix("Tests") else { continue }
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
