package import Ordinal
import RESP
package import RESPClient

/// What an inspection read of a Redis server that keeps ceilings, or blocks of another store.
package struct RedisFacts: StoreFacts {
    let settings: ServerSettings
    /// Whether the ceilings are kept there, and not only blocks of them.
    let isStore: Bool
    package let id: StoreID?
    package let records: [SequenceRecord]
    package let roundTrips: [Duration]

    /// How many rows are read at once.
    private static let portion = 1_000

    /// Asks the server and changes nothing.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - isStore: Whether the ceilings are kept there, and not only blocks of them.
    package static func read(_ location: RESPServerLocation, isStore: Bool) async throws -> RedisFacts {
        let client = try RESPClient(location, role: .any)
        let result: Result<RedisFacts, any Error>
        do { result = .success(try await read(client, isStore: isStore)) } catch { result = .failure(error) }
        await client.close()
        return try result.get()
    }

    private static func read(_ client: RESPClient, isStore: Bool) async throws -> RedisFacts {
        let keys = RedisKeys(prefix: client.location.prefix)
        let settings = try await ServerSettings.read(client, in: CallTime(client.location.timeout))
        var roundTrips: [Duration] = []
        for _ in 0..<StoreFactsLimit.roundTrips {
            let begin = ContinuousClock.now
            _ = try await client.send([Array("PING".utf8)])
            roundTrips.append(.now - begin)
        }
        var (id, records): (StoreID?, [SequenceRecord]) = (nil, [])
        if isStore {
            let value = try await answer(client, ["GET"], keys.store.bytes)
            if case .bulk(let bytes) = value {
                guard let text = String(validating: bytes, as: UTF8.self), let known = StoreID(text) else {
                    throw RESPClientError(.refused, "the identity of the store in Redis is damaged: restore a backup")
                }
                id = known
            }
            records = try await readRecords(client, keys)
        }
        return RedisFacts(settings: settings, isStore: isStore, id: id, records: records, roundTrips: roundTrips)
    }

    private static func readRecords(_ client: RESPClient, _ keys: RedisKeys) async throws -> [SequenceRecord] {
        var records: [SequenceRecord] = []
        var start = Array("-".utf8)
        while records.count < StoreFactsLimit.records {
            let reply = try await answer(
                client, ["ZRANGEBYLEX"], keys.names.bytes, start, Array("+".utf8), Array("LIMIT".utf8), Array("0".utf8),
                Array("\(portion)".utf8))
            guard case .array(let members) = reply else { break }
            let names = try members.compactMap { member -> SequenceName? in
                guard case .bulk(let bytes) = member else { return nil }
                return try SequenceName(bytes)
            }
            guard let last = names.last else { break }
            guard case .array(let values) = try await answer(client, ["MGET"], names.map { keys.sequence($0).bytes })
            else { break }
            for (name, value) in zip(names, values) {
                // One that was deleted meanwhile is not there.
                if case .bulk(let bytes) = value { records.append(try Row(bytes, of: name).record) }
            }
            guard members.count == portion else { break }
            start = Array("(".utf8) + last.bytes
        }
        return records
    }

    private static func answer(_ client: RESPClient, _ words: [String], _ arguments: [UInt8]...) async throws
        -> RESPValue
    {
        try await answer(client, words, arguments)
    }

    private static func answer(_ client: RESPClient, _ words: [String], _ arguments: [[UInt8]]) async throws
        -> RESPValue
    {
        let reply = try await client.send(words.map { Array($0.utf8) } + arguments)
        if case .error(let error) = reply { throw RESPClientError(.refused, "\(words[0]) is refused: \(error)") }
        return reply
    }
}
