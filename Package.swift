// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nio = "swift-nio"

// One target is one wing of the house; an arrow (a dependency) points down only. CONTRIBUTING.md has the map.
let package = Package(
    name: "ordinal",
    products: [
        .executable(name: "ordinal", targets: ["OrdinalCLI"]),
        .library(name: "Ordinal", targets: ["Ordinal"]),
        .library(name: "OrdinalSQLite", targets: ["OrdinalSQLite"]),
        .library(name: "OrdinalMySQL", targets: ["OrdinalMySQL"]),
        .library(name: "OrdinalRedis", targets: ["OrdinalRedis"]),
        .library(name: "OrdinalServer", targets: ["OrdinalServer"]),
        .library(name: "PrometheusMetrics", targets: ["PrometheusMetrics"]),
        .library(name: "RESP", targets: ["RESP"]),
        .library(name: "RESPClient", targets: ["RESPClient"]),
        // For Fuzzing/ alone, which is a package of its own.
        .library(name: "_FuzzProperties", targets: ["FuzzProperties"]),
    ],
    traits: [
        .trait(name: "MySQL", description: "The MySQL and MariaDB store, which needs libmariadb."),
        .default(enabledTraits: ["MySQL"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.2.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "Ordinal",
            dependencies: [.product(name: "NIOConcurrencyHelpers", package: nio)],
            swiftSettings: settings
        ),
        .target(
            name: "SystemSupport",
            dependencies: [
                .product(name: "NIOConcurrencyHelpers", package: nio), .product(name: "NIOCore", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(name: "Locations", swiftSettings: settings),
        .target(
            name: "OrdinalSQLite",
            dependencies: [
                "Locations", "Ordinal", "SystemSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOCore", package: nio),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CMariaDB", pkgConfig: "libmariadb",
            providers: [.apt(["libmariadb-dev"]), .brew(["mariadb-connector-c"])]),
        .target(
            name: "OrdinalMySQL",
            dependencies: [
                "Ordinal", "CMariaDB", "Locations", "SystemSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OrdinalTakeover",
            dependencies: [
                "Ordinal", "OrdinalMySQL", "RESP", "RESPClient", "SystemSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OrdinalRedis",
            dependencies: [
                "Ordinal", "RESP", "RESPClient",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "RESP",
            dependencies: [.product(name: "NIOCore", package: nio)],
            swiftSettings: settings
        ),
        .target(
            name: "RESPClient",
            dependencies: [
                "Locations", "RESP", "SystemSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "LoadGenerator",
            dependencies: [
                "SeededRandom",
                "RESP", "RESPClient",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(name: "SeededRandom", swiftSettings: settings),
        .target(name: "CSpawn"),
        .target(
            name: "ChildProcesses",
            dependencies: ["CSpawn", .product(name: "NIOConcurrencyHelpers", package: nio)],
            swiftSettings: settings
        ),
        .target(
            name: "Torture",
            dependencies: [
                "SeededRandom",
                "ChildProcesses", "Locations", "RESP", "RESPClient",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PrometheusMetrics",
            dependencies: [
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(name: "CProfiler"),
        .target(name: "Profiler", dependencies: ["CProfiler"], swiftSettings: settings),
        .target(
            name: "OrdinalServer",
            dependencies: [
                "Ordinal", "OrdinalRedis", "OrdinalSQLite", "Profiler", "PrometheusMetrics", "RESP", "RESPClient",
                "SeededRandom",
                .target(name: "OrdinalMySQL", condition: .when(traits: ["MySQL"])),
                .target(name: "OrdinalTakeover", condition: .when(traits: ["MySQL"])),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOTLS", package: nio),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceContextModule", package: "swift-service-context"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TOMLKit", package: "TOMLKit"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "OrdinalCLI",
            dependencies: [
                "LoadGenerator", "Ordinal", "OrdinalServer", "RESP", "RESPClient", "Torture",
                .target(name: "OrdinalMySQL", condition: .when(traits: ["MySQL"])),
                .target(name: "OrdinalTakeover", condition: .when(traits: ["MySQL"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Simulation",
            dependencies: ["SeededRandom", "Ordinal", .product(name: "NIOConcurrencyHelpers", package: nio)],
            path: "Tests/Simulation", swiftSettings: settings
        ),
        .executableTarget(
            name: "simulate",
            dependencies: ["Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Simulate", swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "SeededRandom", "Simulation", "Ordinal", .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "FuzzProperties",
            dependencies: [
                "Ordinal", "OrdinalRedis", "OrdinalServer", "RESP", "RESPClient",
                .target(name: "OrdinalMySQL", condition: .when(traits: ["MySQL"])),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
            ],
            path: "Tests/FuzzProperties", swiftSettings: settings
        ),
        .testTarget(name: "FuzzPropertiesTests", dependencies: ["FuzzProperties"], swiftSettings: settings),
        .testTarget(
            name: "ModelTests",
            dependencies: ["Ordinal", .product(name: "NIOConcurrencyHelpers", package: nio)],
            swiftSettings: settings
        ),
        .target(
            name: "StoreConformance", dependencies: ["SeededRandom", "Ordinal"], path: "Tests/StoreConformance",
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["ChildProcesses", .product(name: "NIOConcurrencyHelpers", package: nio)],
            path: "Tests/TestSupport", swiftSettings: settings
        ),
        .target(
            name: "TestServers",
            dependencies: [
                "ChildProcesses", "RESP", "RESPClient", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            path: "Tests/TestServers", swiftSettings: settings
        ),
        .target(
            name: "DatabaseServers",
            dependencies: ["OrdinalMySQL", "TestServers", "TestSupport"],
            path: "Tests/DatabaseServers", swiftSettings: settings
        ),
        .testTarget(name: "LocationsTests", dependencies: ["Locations"], swiftSettings: settings),
        .testTarget(name: "SystemSupportTests", dependencies: ["SystemSupport"], swiftSettings: settings),
        .testTarget(
            name: "OrdinalSQLiteTests",
            dependencies: [
                "OrdinalSQLite", "Ordinal", "StoreConformance", "SystemSupport", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdinalMySQLTests",
            dependencies: [
                "DatabaseServers", "OrdinalMySQL", "Ordinal", "OrdinalRedis", "RESPClient", "StoreConformance",
                "TestServers", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdinalRedisTests",
            dependencies: [
                "OrdinalRedis", "Ordinal", "OrdinalSQLite", "RESP", "RESPClient", "StoreConformance", "TestServers",
                "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdinalTakeoverTests",
            dependencies: [
                "DatabaseServers", "OrdinalTakeover", "Ordinal", "OrdinalMySQL", "OrdinalSQLite", "RESP",
                "RESPClient", "StoreConformance", "TestServers", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdinalTests",
            dependencies: [
                "SeededRandom", "Ordinal", "TestSupport", .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RESPTests",
            dependencies: ["SeededRandom", "RESP", .product(name: "NIOCore", package: nio)],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RESPClientTests",
            dependencies: [
                "RESPClient", "RESP", "TestServers", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdinalServerTests",
            dependencies: [
                "SeededRandom",
                "ChildProcesses", "OrdinalServer", "Ordinal", "OrdinalSQLite", "PrometheusMetrics", "RESP",
                "StoreConformance", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ConfigurationTesting", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TortureTests",
            dependencies: [
                "SeededRandom",
                "Torture", "RESP", "TestServers", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: [
                "SeededRandom",
                "LoadGenerator", "RESP", "RESPClient", "TestServers", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: [
                "ChildProcesses", "PrometheusMetrics", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ProfilerTests",
            dependencies: [
                "SeededRandom",
                "Profiler", "CProfiler", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdinalCLITests",
            dependencies: [
                "LoadGenerator", "Ordinal", "OrdinalCLI", "OrdinalServer", "RESP", "RESPClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "SeededRandom",
                "ChildProcesses", "RESP", "TestServers", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
