// swift-tools-version: 6.2

import PackageDescription

// The properties of Tests/FuzzProperties under libFuzzer; a package of its own, because all of it is built for that.
let package = Package(
    name: "ordinal-fuzzing",
    dependencies: [.package(name: "ordinal", path: "..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [.product(name: "_FuzzProperties", package: "ordinal")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
