import Ordinal
import RESP
import RESPClient

/// What a Redis server says about itself, as far as it matters to what is kept there.
struct ServerSettings: Sendable {
    /// The lines of INFO.
    private let fields: [String: String]
    /// What `CONFIG GET` answered, nothing if that is not allowed.
    private let configuration: [String: String]

    init(info: String, configuration: [String: String] = [:]) {
        var fields: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        self.fields = fields
        self.configuration = configuration
    }

    /// Asks the server. What it does not want to tell is said to be unknown.
    static func read(_ client: RESPClient, in time: CallTime) async throws(StoreError) -> ServerSettings {
        do throws(RESPClientError) {
            var info = ""
            for section in ["server", "persistence", "memory", "replication", "cluster"] {
                info += try await client.send([Array("INFO".utf8), Array(section.utf8)], before: time.end).asText ?? ""
            }
            var configuration: [String: String] = [:]
            for name in ["appendfsync", "save", "min-replicas-to-write"] {
                let words = [Array("CONFIG".utf8), Array("GET".utf8), Array(name.utf8)]
                guard case .array(let pair) = try await client.send(words, before: time.end), pair.count == 2 else {
                    continue
                }
                configuration[name] = pair[1].asText
            }
            return ServerSettings(info: info, configuration: configuration)
        } catch {
            throw .unavailable(error.message)
        }
    }

    /// Refuses a server that may throw our keys away: a row that is gone is a sequence that begins again.
    static func refuseEviction(_ connection: RESPConnection) async throws(RESPClientError) {
        guard let info = try await connection.send("INFO", "memory").asText else { return }
        if let policy = ServerSettings(info: info).evictingPolicy {
            throw RESPClientError(
                .refused,
                """
                \(connection.address) evicts keys (maxmemory-policy \(policy)), which would begin sequences again: \
                set maxmemory-policy noeviction, or use a server of its own
                """)
        }
    }

    /// The policy by which keys without a time to live are thrown away, if there is one at work.
    var evictingPolicy: String? {
        guard let policy = fields["maxmemory_policy"], policy.hasPrefix("allkeys"), fields["maxmemory"] != "0" else {
            return nil
        }
        return policy
    }

    /// What a crash loses.
    enum CrashLoss: Hashable, Sendable {
        case nothing
        /// The last second or two.
        case seconds
        /// Half a minute, if the machine crashes.
        case halfMinute
        /// All since the last snapshot, which these rules make; empty: none ever, nil: unknown rules.
        case sinceSnapshot(rules: String?)
        /// The server does not say.
        case unknown
    }

    var crashLoss: CrashLoss {
        guard let isAppending = fields["aof_enabled"] else { return .unknown }
        guard isAppending == "1" else { return .sinceSnapshot(rules: configuration["save"]) }
        return switch configuration["appendfsync"] {
        case "always": .nothing
        case "everysec": .seconds
        case "no": .halfMinute
        default: .unknown
        }
    }

    /// How many replicas are connected, in the server's words.
    var replicas: String? { fields["connected_slaves"] }
    /// How many of them must be connected for a write to be taken, if the server says so.
    var requiredReplicas: String? { configuration["min-replicas-to-write"] }
    /// What the server does with keys when its memory is full.
    var memoryPolicy: String? { fields["maxmemory_policy"] }
    /// Which version it is.
    var version: String? { fields["redis_version"] }
    /// Whether it takes its data from another server.
    var isReplica: Bool { fields["role"] == "slave" }
    /// Whether it is a member of a cluster.
    var isInCluster: Bool { fields["cluster_enabled"] == "1" }
    /// The jobs that write to the disk and failed when they last ran.
    var failedWrites: [String] {
        // A restart reads the file that is appended to, if there is one, and no snapshot.
        (fields["aof_enabled"] == "1"
            ? ["aof_last_write_status", "aof_last_bgrewrite_status"] : ["rdb_last_bgsave_status"])
            .filter { fields[$0] == "err" }
    }
}
