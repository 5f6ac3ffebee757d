// swift-tools-version: 6.2

import PackageDescription

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
        // The engine.
        .target(name: "Ordinal", dependencies: [.nioConcurrencyHelpers]),

        // What is shared, and knows nothing of numbers.
        .target(name: "ChildProcesses", dependencies: ["CSpawn", .nioConcurrencyHelpers]),
        .target(name: "Locations"),
        .target(name: "PrometheusMetrics", dependencies: [.coreMetrics, .nioConcurrencyHelpers]),
        .target(name: "Profiler", dependencies: ["CProfiler"]),
        .target(name: "RESP", dependencies: [.nioCore]),
        .target(
            name: "RESPClient",
            dependencies: [
                "Locations", "RESP", "SystemSupport", .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioSSL,
            ]
        ),
        .target(name: "SeededRandom"),
        .target(name: "SystemSupport", dependencies: [.nioConcurrencyHelpers, .nioCore]),

        // The stores, and what takes over from others.
        .target(
            name: "OrdinalSQLite",
            dependencies: ["CSQLite", "Locations", "Ordinal", "SystemSupport", .grdb, .grdbSQLite, .nioCore]
        ),
        .target(
            name: "OrdinalMySQL",
            dependencies: ["CMariaDB", "Locations", "Ordinal", "SystemSupport", .nioConcurrencyHelpers, .nioCore]
        ),
        .target(
            name: "OrdinalRedis",
            dependencies: ["Ordinal", "RESP", "RESPClient", .nioConcurrencyHelpers, .nioCore, .nioPosix]
        ),
        .target(
            name: "OrdinalTakeover",
            dependencies: ["Ordinal", "OrdinalMySQL", "RESP", "RESPClient", "SystemSupport", .nioConcurrencyHelpers]
        ),

        // The server and the program.
        .target(
            name: "OrdinalServer",
            dependencies: [
                "Locations", "Ordinal", "OrdinalRedis", "OrdinalSQLite", "Profiler", "PrometheusMetrics", "RESP",
                "RESPClient",
                "SeededRandom", .mySQL, .takeover, .configuration, .httpTypes, .hummingbird, .hummingbirdCore,
                .hummingbirdHTTP2, .instrumentation, .logging, .nioConcurrencyHelpers, .nioCore, .nioExtras,
                .nioHTTP1, .nioHTTP2, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioPosix, .nioSSL, .nioTLS,
                .serviceContextModule, .serviceLifecycle, .tomlKit, .tracing,
            ]
        ),
        .target(name: "LoadGenerator", dependencies: ["RESP", "RESPClient", "SeededRandom", .nioCore, .nioPosix]),
        .target(
            name: "Torture",
            dependencies: [
                "ChildProcesses", "Locations", "RESP", "RESPClient", "SeededRandom", .nioConcurrencyHelpers, .nioCore,
                .nioPosix,
            ]
        ),
        .executableTarget(
            name: "OrdinalCLI",
            dependencies: [
                "LoadGenerator", "Ordinal", "OrdinalServer", "RESP", "RESPClient", "Torture", .mySQL, .takeover,
                .argumentParser, .configuration, .logging, .nioConcurrencyHelpers, .serviceLifecycle, .unixSignals,
            ]
        ),

        // C.
        .systemLibrary(
            name: "CMariaDB", pkgConfig: "libmariadb",
            providers: [.apt(["libmariadb-dev"]), .brew(["mariadb-connector-c"])]
        ),
        .target(name: "CProfiler"),
        .target(name: "CSpawn"),
        .target(name: "CSQLite"),

        // What tests share.
        .target(
            name: "DatabaseServers",
            dependencies: ["OrdinalMySQL", "TestServers", "TestSupport"],
            path: "Tests/DatabaseServers"
        ),
        .target(
            name: "FuzzProperties",
            dependencies: [
                "Locations", "Ordinal", "OrdinalRedis", "OrdinalServer", "RESP", "RESPClient", .mySQL, .configuration,
                .nioConcurrencyHelpers, .nioCore,
            ],
            path: "Tests/FuzzProperties"
        ),
        .target(
            name: "Simulation",
            dependencies: ["Ordinal", "SeededRandom", .nioConcurrencyHelpers],
            path: "Tests/Simulation"
        ),
        .executableTarget(name: "simulate", dependencies: ["Simulation", .argumentParser], path: "Tests/Simulate"),
        .target(name: "StoreConformance", dependencies: ["Ordinal", "SeededRandom"], path: "Tests/StoreConformance"),
        .target(
            name: "TestServers",
            dependencies: ["ChildProcesses", "RESP", "RESPClient", "TestSupport", .nioConcurrencyHelpers],
            path: "Tests/TestServers"
        ),
        .target(
            name: "TestSupport",
            dependencies: ["ChildProcesses", .nioConcurrencyHelpers],
            path: "Tests/TestSupport"
        ),

        // Tests: one target for each above.
        .testTarget(name: "FuzzPropertiesTests", dependencies: ["FuzzProperties"]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "ChildProcesses", "RESP", "SeededRandom", "TestServers", "TestSupport", .nioConcurrencyHelpers,
                .nioCore,
            ]
        ),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: [
                "LoadGenerator", "RESP", "RESPClient", "SeededRandom", "TestServers", "TestSupport",
                .nioConcurrencyHelpers, .nioCore, .nioPosix,
            ]
        ),
        .testTarget(name: "LocationsTests", dependencies: ["Locations"]),
        .testTarget(name: "ModelTests", dependencies: ["Ordinal", .nioConcurrencyHelpers]),
        .testTarget(
            name: "OrdinalCLITests",
            dependencies: [
                "LoadGenerator", "Ordinal", "OrdinalCLI", "OrdinalServer", "RESP", "RESPClient", .argumentParser,
            ]
        ),
        .testTarget(
            name: "OrdinalMySQLTests",
            dependencies: [
                "DatabaseServers", "Ordinal", "OrdinalMySQL", "OrdinalRedis", "RESPClient", "StoreConformance",
                "TestServers", "TestSupport", .nioConcurrencyHelpers,
            ]
        ),
        .testTarget(
            name: "OrdinalRedisTests",
            dependencies: [
                "Ordinal", "OrdinalRedis", "OrdinalSQLite", "RESP", "RESPClient", "StoreConformance", "TestServers",
                "TestSupport", .nioConcurrencyHelpers, .nioCore, .nioPosix,
            ]
        ),
        .testTarget(
            name: "OrdinalServerTests",
            dependencies: [
                "ChildProcesses", "Locations", "Ordinal", "OrdinalServer", "OrdinalSQLite", "PrometheusMetrics", "RESP",
                "SeededRandom", "StoreConformance", "TestSupport", .configuration, .configurationTesting, .httpTypes,
                .inMemoryTracing, .instrumentation, .logging, .nioConcurrencyHelpers, .nioCore, .nioEmbedded,
                .nioHTTPTypes, .nioPosix, .nioSSL, .nioTLS, .tracing,
            ]
        ),
        .testTarget(
            name: "OrdinalSQLiteTests",
            dependencies: [
                "Ordinal", "OrdinalSQLite", "StoreConformance", "SystemSupport", "TestSupport", .grdb,
                .nioConcurrencyHelpers,
            ]
        ),
        .testTarget(
            name: "OrdinalTakeoverTests",
            dependencies: [
                "DatabaseServers", "Ordinal", "OrdinalMySQL", "OrdinalSQLite", "OrdinalTakeover", "RESP",
                "RESPClient", "StoreConformance", "TestServers", "TestSupport", .nioConcurrencyHelpers,
            ]
        ),
        .testTarget(
            name: "OrdinalTests",
            dependencies: ["Ordinal", "SeededRandom", "TestSupport", .nioConcurrencyHelpers]
        ),
        .testTarget(
            name: "ProfilerTests",
            dependencies: [
                "CProfiler", "Profiler", "SeededRandom", "TestSupport", .nioConcurrencyHelpers, .nioCore, .nioPosix,
            ]
        ),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: [
                "ChildProcesses", "PrometheusMetrics", "TestSupport", .coreMetrics, .nioConcurrencyHelpers,
            ]
        ),
        .testTarget(
            name: "RESPClientTests",
            dependencies: [
                "RESP", "RESPClient", "TestServers", "TestSupport", .nioConcurrencyHelpers, .nioCore, .nioPosix,
                .nioSSL,
            ]
        ),
        .testTarget(name: "RESPTests", dependencies: ["RESP", "SeededRandom", .nioCore]),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Ordinal", "SeededRandom", "Simulation", .nioConcurrencyHelpers]
        ),
        .testTarget(name: "SystemSupportTests", dependencies: ["SystemSupport"]),
        .testTarget(
            name: "TortureTests",
            dependencies: [
                "RESP", "SeededRandom", "TestServers", "TestSupport", "Torture", .nioConcurrencyHelpers, .nioCore,
                .nioPosix,
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

extension Target.Dependency {
    // What needs libmariadb.
    static let mySQL = target(name: "OrdinalMySQL", condition: .when(traits: ["MySQL"]))
    static let takeover = target(name: "OrdinalTakeover", condition: .when(traits: ["MySQL"]))

    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let configurationTesting = product(name: "ConfigurationTesting", package: "swift-configuration")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdHTTP2 = product(name: "HummingbirdHTTP2", package: "hummingbird")
    static let inMemoryTracing = product(name: "InMemoryTracing", package: "swift-distributed-tracing")
    static let instrumentation = product(name: "Instrumentation", package: "swift-distributed-tracing")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioConcurrencyHelpers = product(name: "NIOConcurrencyHelpers", package: "swift-nio")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioExtras = product(name: "NIOExtras", package: "swift-nio-extras")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTP2 = product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let serviceContextModule = product(name: "ServiceContextModule", package: "swift-service-context")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let tomlKit = product(name: "TOMLKit", package: "TOMLKit")
    static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
}
