import Foundation
import TestServers
import TestSupport
import Testing

/// Against real servers of the stores: MariaDB, Redis, and Redis over another one.
@Suite("Stores", .enabled(if: TestEnvironment.hasBinary), .timeLimit(.minutes(5)))
enum Stores {}

/// A store that tests try.
enum StoreKind: String, CustomTestStringConvertible, Sendable {
    case mariaDB = "MariaDB"
    case redis = "Redis"
    case redisOverMariaDB = "Redis over MariaDB"
    case redisOverSQLite = "Redis over SQLite"

    var testDescription: String { rawValue }

    /// A new and empty store on the servers that tests share.
    func make() async throws -> String {
        let prefix = "t" + UUID().uuidString
        switch self {
        case .mariaDB:
            let server = try await MariaDBServer.shared
            return server.url(try await server.makeDatabase())
        case .redis: return try await RedisServer.shared.url(prefix: prefix)
        case .redisOverMariaDB:
            return try await RedisServer.shared.url(prefix: prefix) + " over " + (try await Self.mariaDB.make())
        case .redisOverSQLite:
            // In the working directory of the node, as its only one.
            return try await RedisServer.shared.url(prefix: prefix) + " over sqlite:below.db"
        }
    }
}

enum StoreServers {
    /// Starts a server of a test's own for a store of this kind, and says where the store is.
    ///
    /// Both write to their disk before they answer.
    static func start(_ kind: StoreKind) async throws -> (any TestServer, String) {
        switch kind {
        case .mariaDB:
            let server = try await MariaDBServer.start()
            return (server, server.url(try await server.makeDatabase()))
        case .redis:
            let server = try await RedisServer.start("--appendonly", "yes", "--appendfsync", "always")
            return (server, server.url())
        case .redisOverMariaDB, .redisOverSQLite:
            throw Failure("two servers")
        }
    }
}

/// Does something that blocks so many times at once, each on a thread of its own.
func onThreads<Value: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0..<count { group.addTask { try await onThread { try work(index) } } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

extension Sequence where Element: Comparable {
    /// The one in the middle.
    var median: Element? {
        let sorted = sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}
