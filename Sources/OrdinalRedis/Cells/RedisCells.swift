import Ordinal
import RESP
import RESPClient

/// The keys of a Redis server as cells that are compared and set: the only way in which anything is written there.
///
/// Whoever wants to change something reads, computes the change on the copy, and has it done if nothing that was read is
/// different by now and the server is still the same one. So every rule about numbers runs in Swift and once, and Lua, whose
/// numbers are doubles, sees none.
struct RedisCells: Sendable {
    let client: RESPClient
    private let reading = RedisScript(CellScripts.read)
    private let replacing = RedisScript(CellScripts.replace)

    init(_ client: RESPClient) {
        self.client = client
    }

    /// The values of some keys at one moment, and who answered.
    func read(_ keys: [RedisKey], in time: CallTime) async throws(StoreError) -> Cells {
        try Self.cells(try await ask(keys, [], in: time), count: keys.count)
    }

    /// Members of a sorted set without scores, in the order of their bytes, and the values of keys at the same moment.
    ///
    /// - Parameters:
    ///   - set: The sorted set.
    ///   - start: Where to begin, as `ZRANGEBYLEX` writes it.
    ///   - limit: How many members to answer at most.
    ///   - keys: What to read besides.
    func read(
        membersOf set: RedisKey, from start: [UInt8], limit: Int, and keys: [RedisKey] = [],
        in time: CallTime
    ) async throws(StoreError) -> Cells {
        let reply = try await ask([set] + keys, [start, Array("\(limit)".utf8)], in: time)
        return try Self.cells(reply, count: keys.count)
    }

    /// Does all of a change, or nothing of it if something is no longer as it was read. Answers whether it was done.
    func replace(_ change: CellChange, in time: CallTime) async throws(StoreError) -> Bool {
        let (keys, arguments) = change.encoded
        let reply: RESPValue
        do {
            reply = try await replacing.run(on: client, keys, arguments, before: time.end)
        } catch {
            throw error.outcome == .notSent ? .unavailable(error.message) : .unknownOutcome(error.message)
        }
        // A script refuses before its first write or not at all: an error means that nothing was written.
        switch reply {
        case .simple("done"), .bulk(Array("done".utf8)): return true
        case .simple("changed"), .bulk(Array("changed".utf8)): return false
        case .error(let error): throw refusal(error)
        default: throw .unknownOutcome("\(client.location) answered with something that was not asked for")
        }
    }

    private func ask(
        _ keys: [RedisKey], _ arguments: [[UInt8]], in time: CallTime
    ) async throws(StoreError) -> RESPValue {
        do {
            let reply = try await reading.run(on: client, keys.map(\.bytes), arguments, before: time.readEnd)
            if case .error(let error) = reply { throw refusal(error) }
            return reply
        } catch let error as RESPClientError {
            throw .unavailable(error.message)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// What an error of the server means.
    private func refusal(_ error: ErrorReply) -> StoreError {
        let text = "\(client.location): \(error)"
        switch error.prefix {
        case "REPLICA":
            client.reconnect()
            return .unavailable("\(client.location) has become a replica: nothing is written there")
        case "WRONGTYPE":
            return .unavailable("\(text): keys of this prefix belong to another program; give another prefix")
        case "MOVED", "CROSSSLOT", "CLUSTERDOWN":
            return .unavailable("\(text): a Redis Cluster cannot be the store; use a server of its own")
        case "NOAUTH", "NOPERM":
            return .unavailable("\(text): the user must be allowed EVAL, EVALSHA, SCRIPT LOAD, INFO and the keys")
        case "OOM":
            return .unavailable("\(text): raise maxmemory")
        default: return .unavailable(text)
        }
    }

    private static func cells(_ reply: RESPValue, count: Int) throws(StoreError) -> Cells {
        guard case .array(let parts) = reply, parts.count == 3, let home = parts[0].asText,
            case .array(let values) = parts[1], values.count == count, case .array(let members) = parts[2]
        else { throw .unavailable("the server answered with something that was not asked for") }
        return Cells(
            home: Home(rawValue: home), values: values.map(\.bytes), members: members.compactMap(\.bytes))
    }
}

/// What some keys held at one moment.
struct Cells: Hashable, Sendable {
    /// Who answered: `run_id/master_replid`.
    let home: Home
    /// The values in the order of the keys, nil for what is not there.
    let values: [[UInt8]?]
    /// The members of a sorted set that were asked for.
    var members: [[UInt8]] = []
}

extension RESPValue {
    fileprivate var bytes: [UInt8]? {
        if case .bulk(let bytes) = self { bytes } else { nil }
    }
}
