// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "exporter-swift",
    products: [.library(name: "Lines", type: .dynamic, targets: ["Lines"])],
    dependencies: [.package(name: "agent", path: "../..")],
    targets: [
        .target(
            name: "Lines",
            dependencies: [
                .product(name: "PluginKit", package: "agent"),
                .product(name: "CAgentPlugin", package: "agent"),
            ])
    ]
)
