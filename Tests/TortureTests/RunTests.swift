import Foundation
import TestServers
import TestSupport
import Testing

@testable import Torture

private let program = ProcessInfo.processInfo.environment["ORDINAL_BINARY"]

/// Whole runs of the real program, which `ORDINAL_BINARY` names.
@Suite(.serialized, .enabled(if: program != nil, "ORDINAL_BINARY is not set: use scripts/test"))
struct RunTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func options(_ store: String, seconds: Int, _ sabotage: TortureOptions.Sabotage? = nil) throws
        -> TortureOptions
    {
        var options = TortureOptions(program: try #require(program), store: store, seed: 1)
        options.duration = .seconds(seconds)
        (options.connections, options.sabotage) = (4, sabotage)
        options.directory = "\(directory.path)/run"
        return options
    }

    private func story(_ result: TortureResult) -> Comment {
        "\(result.violations) \(result.examples.map(\.description).joined(separator: "\n"))"
    }

    @Test func oneNodeOnSQLiteIsSound() async throws {
        let result = try await Torture.run(try options("sqlite:\(directory.path)/store.db", seconds: 20))
        #expect(result.isSound, story(result))
        #expect(result.nodes == 1)
        #expect(result.numbers > 1_000)
        #expect(result.faults.values.reduce(0, +) > 0)
        #expect(result.cleanStops == 4)
    }

    @Test func threeNodesOnRedisAreSound() async throws {
        let server = try await RedisServer.start("--appendonly", "yes", "--appendfsync", "always")
        let result = try await Torture.run(try options("redis://127.0.0.1:\(server.port)", seconds: 20))
        server.kill()
        #expect(result.isSound, story(result))
        #expect(result.nodes == 3)
        #expect(result.numbers > 1_000)
        #expect(result.faults.count > 3)
    }

    @Test func threeNodesOnMariaDBAreSound() async throws {
        let server = try await MariaDBServer.start()
        let store = "mysql://\(MariaDBServer.login)@127.0.0.1:\(server.port)/\(try await server.makeDatabase())"
        let result = try await Torture.run(try options(store, seconds: 20))
        server.kill()
        #expect(result.isSound, story(result))
        #expect(result.nodes == 3)
        #expect(result.numbers > 1_000)
        #expect(result.faults.count > 3)
    }

    /// A check that cannot fail is none.
    @Test(arguments: [
        (TortureOptions.Sabotage.repeat, Violation.Kind.repeat), (.order, .order), (.lose, .gap),
    ])
    func noticesABrokenPromise(sabotage: TortureOptions.Sabotage, kind: Violation.Kind) async throws {
        let result = try await Torture.run(try options("sqlite:\(directory.path)/store.db", seconds: 12, sabotage))
        #expect(!result.isSound)
        #expect(result.violations[kind, default: 0] > 0, story(result))
        #expect(result.violations[.node] == nil, story(result))
        // Nothing else is said to be broken that was not.
        if sabotage != .repeat { #expect(result.violations[.repeat] == nil, story(result)) }
        if sabotage == .lose { #expect(Set(result.violations.keys) == [.gap], story(result)) }
        #expect(FileManager.default.fileExists(atPath: "\(directory.path)/run/torture.log"))
    }

    @Test func refusesWhatCannotBeRun() async throws {
        for change: @Sendable (inout TortureOptions) -> Void in [
            { $0.nodes = 0 }, { $0.duration = .seconds(1) }, { $0.settings = ["redis.address=0.0.0.0:1"] },
            { $0.settings = ["runway"] }, { $0.store = "" }, { $0.program = "/nowhere" },
            { $0.store = "sqlite:/nowhere/at/all" }, { $0.directory = "/nowhere/at/all" },
        ] {
            var options = try options("sqlite:\(directory.path)/store.db", seconds: 5)
            change(&options)
            let refused = options
            await #expect(throws: TortureError.self) { try await Torture.run(refused) }
        }
    }
}
