import NIOPosix
import Ordinal
#if MySQL
    import OrdinalMySQL
#endif
import OrdinalRedis
import OrdinalSQLite
import RESPClient

/// What could be read of one store, or why nothing could.
struct StoreReading: Sendable {
    /// What the store is called in findings.
    let subject: String
    let facts: (any StoreFacts)?
    let failure: String?

    init(_ subject: String, _ read: () async throws -> any StoreFacts) async {
        self.subject = subject
        do {
            facts = try await read()
            failure = nil
        } catch {
            facts = nil
            failure = "\(error)"
        }
    }

    func findings(at stakes: Stakes) -> [Finding] {
        if let facts { return facts.findings(at: stakes) }
        return [
            .notInspected(
                subject, because: failure ?? "nothing answered",
                remedy: "bring it up, or write its location with --store; run as the user who runs the server")
        ]
    }
}

extension StoreLocation {
    /// Reads the store; of layers the upper one first. Changes nothing.
    func read() async -> [StoreReading] {
        switch self {
        // Those that block are read on threads that may.
        case .sqlite(let path):
            return [
                await StoreReading("SQLite file") {
                    try await NIOThreadPool.singleton.runIfActive { try SQLiteFacts.read(path) }
                }
            ]
        #if MySQL
            case .mysql(let location):
                return [
                    await StoreReading("MySQL") {
                        try await NIOThreadPool.singleton.runIfActive { try MySQLFacts.read(location) }
                    }
                ]
        #endif
        case .redis(let location): return [await Self.read(location, isStore: true)]
        case .layered(let blocks, let below): return [await Self.read(blocks, isStore: false)] + (await below.read())
        }
    }

    private static func read(_ location: RESPServerLocation, isStore: Bool) async -> StoreReading {
        await StoreReading("Redis") { try await RedisFacts.read(location, isStore: isStore) }
    }
}
