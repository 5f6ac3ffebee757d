// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// What Ordinal is measured against and with; a package of its own, so that nobody else has to build it.
let package = Package(
    name: "ordinal-benchmarks",
    dependencies: [
        .package(name: "ordinal", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "BareServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "BareHTTP",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MemoryStore",
            dependencies: [
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "Ordinal", package: "ordinal"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "FastPath",
            dependencies: [
                "MemoryStore",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Ordinal", package: "ordinal"),
                .product(name: "RESP", package: "ordinal"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "SlowStore",
            dependencies: [
                "MemoryStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OrdinalServer", package: "ordinal"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "Tickets", linkerSettings: [.linkedLibrary("mariadb")]),
        .executableTarget(
            name: "CountInProcess",
            dependencies: [
                .product(name: "Ordinal", package: "ordinal"),
                .product(name: "OrdinalSQLite", package: "ordinal"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
