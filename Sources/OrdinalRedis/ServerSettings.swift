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
            for section in ["persistence", "memory", "replication"] {
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
                "\(connection.address) evicts keys (maxmemory-policy \(policy)), which would begin sequences again: "
                    + "set maxmemory-policy noeviction, or use a server of its own")
        }
    }

    /// The policy by which keys without a time to live are thrown away, if there is one at work.
    private var evictingPolicy: String? {
        guard let policy = fields["maxmemory_policy"], policy.hasPrefix("allkeys"), fields["maxmemory"] != "0" else {
            return nil
        }
        return policy
    }

    /// What the settings are worth, in sentences.
    ///
    /// - Parameter isStore: Whether the ceilings are kept there, and not only blocks of them.
    func durability(ofStore isStore: Bool) -> [String] {
        isStore ? [crash, failover, anew] + memory : blocks + memory
    }

    private var crash: String {
        guard fields["aof_enabled"] == "1" else {
            let save = configuration["save"].map { $0.isEmpty ? "nothing is saved at all" : "it saves by \"\($0)\"" }
            return "A crash of Redis loses everything since its last snapshot (\(save ?? "its rules are unknown")): "
                + "set appendonly yes and appendfsync always"
        }
        switch configuration["appendfsync"] {
        case "always": return "A crash of Redis loses nothing: appendfsync always"
        case "everysec":
            return "A crash of Redis may lose the last second or two (appendfsync everysec): set appendfsync always"
        case "no": return "A crash of the machine may lose half a minute (appendfsync no): set appendfsync always"
        default: return "What a crash of Redis loses is unknown, because CONFIG GET appendfsync is not allowed"
        }
    }

    private var failover: String {
        let replicas = fields["connected_slaves"] ?? "unknown"
        guard replicas != "0" else { return "There is no replica: if the machine is lost, so is what Redis held" }
        let required = configuration["min-replicas-to-write"]
        let advice =
            required == "0" ? "; set min-replicas-to-write 1 so that a master that is cut off stops soon" : ""
        return "A failover may lose what the replicas (\(replicas)) had not received yet, because Redis does not wait "
            + "for them\(advice)"
    }

    private var anew: String {
        "Whatever a restart or a failover lost, the first reservation of each sequence on a server that is not the same "
            + "one any more leaves out failover_offset numbers"
    }

    private var blocks: [String] {
        [
            "Redis holds blocks of numbers that the store below has reserved: if it loses them, those are a gap",
            "RESTORE, COPY or DEBUG RELOAD NOSAVE on its keys, or a snapshot of the running Redis put back, go "
                + "unnoticed: use ordinal advance after one of these",
        ]
    }

    private var memory: [String] {
        guard let policy = fields["maxmemory_policy"] else {
            return ["What Redis does when its memory is full is unknown"]
        }
        if fields["maxmemory"] != "0", policy.hasPrefix("allkeys") {
            return ["Redis evicts keys (maxmemory-policy \(policy)): every block may become a gap; set noeviction"]
        }
        return policy.hasPrefix("allkeys")
            ? ["If maxmemory is set, Redis will evict keys (maxmemory-policy \(policy)): set noeviction"] : []
    }
}
