public import NIOCore
public import NIOPosix
public import Ordinal
import RESP
public import RESPClient

/// A store in one Redis server, or in the master that Sentinels know.
///
/// ```swift
/// let store = try RedisStore(RESPServerLocation("redis://localhost:6379"))
/// ```
///
/// It does not connect before it is called; a server that is away at the start may come later.
///
/// A call reads, lets the rules of the engine work on the copy, and writes the result in one script that first looks
/// whether everything is still as it was read. Another node that was faster costs another round, nothing else.
///
/// Redis confirms writes that it may lose: ``status()`` says what the settings of this server are worth. A server that was
/// started anew or took over as a master shows itself by its identity, and the first reservation of each sequence
/// there leaves out `failoverOffset` numbers. A server that evicts keys is refused.
public final class RedisStore: TransactionalStore {
    let cells: RedisCells
    let keys: RedisKeys
    private let client: RESPClient

    /// What logs call this store.
    public var label: String { "\(client.location)" }

    /// Makes a store. It reads the files that `location` names and blocks meanwhile; it does not connect yet.
    ///
    /// - Parameters:
    ///   - location: Where the server is.
    ///   - group: Where the connection lives.
    public init(
        _ location: RESPServerLocation, on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws(RESPClientError) {
        client = try RESPClient(location, on: group) { connection throws(RESPClientError) in
            try await ServerSettings.refuseEviction(connection)
        }
        cells = RedisCells(client)
        keys = RedisKeys(prefix: location.prefix)
    }

    public func status() async throws(StoreError) -> StoreStatus {
        let time = callTime
        let (id, home) = try await identity(time)
        let settings = try await ServerSettings.read(client, in: time)
        return StoreStatus(
            id: id, home: home, sequences: try await count(time), durability: settings.durability(ofStore: true))
    }

    public func prepare() async throws(StorePreparationError) {
        do throws(RESPClientError) { _ = try await client.send([Array("PING".utf8)]) } catch {
            throw StorePreparationError(error.message, isPermanent: error.code == .refused)
        }
    }

    public func close() async {
        await client.close()
    }

    /// Who the store is; it learns that once, from the first node that asks.
    private func identity(_ time: CallTime) async throws(StoreError) -> (StoreID, Home) {
        try await retrying(time) { () throws(StoreError) in
            let found = try await cells.read([keys.store], in: time)
            if let value = found.values[0] {
                guard let text = String(validating: value, as: UTF8.self), let id = StoreID(text) else {
                    throw .unavailable("the identity of the store in Redis is damaged: restore a backup")
                }
                return (id, found.home)
            }
            var generator = SystemRandomNumberGenerator()
            let id = StoreID(random: { generator.next() })
            var change = CellChange(on: found.home)
            change.expect(keys.store, nil)
            change.set(keys.store, Array("\(id)".utf8))
            return try await cells.replace(change, in: time) ? (id, found.home) : nil
        }
    }

    private func count(_ time: CallTime) async throws(StoreError) -> Int {
        do {
            let reply = try await client.send([Array("ZCARD".utf8), keys.names.bytes], before: time.end)
            guard let count = reply.asInteger else {
                throw StoreError.unavailable("\(label) does not say how many sequences there are")
            }
            return Int(count)
        } catch let error as RESPClientError {
            throw .unavailable(error.message)
        } catch {
            throw .unavailable("\(error)")
        }
    }

    // MARK: Transactions

    /// The time of a call that begins now.
    var callTime: CallTime { CallTime(client.location.timeout) }

    /// Lets `work` decide on a copy of what Redis holds of one sequence, and writes what it decided.
    public func transact<Value: Sendable>(
        _ name: SequenceName, lives: [Life], _ access: TransactionAccess,
        _ work: @escaping @Sendable (any SequenceTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        let time = callTime
        return try await retrying(time) { () throws(StoreError) in
            let seen = try await cells.read(RowSnapshot.keys(keys, name, lives: lives), in: time)
            let snapshot = try RowSnapshot(seen, keys, name, lives: lives)
            let value: Value
            do { value = try work(snapshot) } catch let error as StoreError { throw error } catch {
                throw .unavailable("\(error)")
            }
            guard let change = snapshot.result else { return value }
            return try await cells.replace(change, in: time) ? value : nil
        }
    }

    /// Repeats `round` until it has a result. One without a result has changed nothing.
    private func retrying<Value>(
        _ time: CallTime, _ round: () async throws(StoreError) -> Value?
    ) async throws(StoreError) -> Value {
        repeat {
            if let value = try await round() { return value }
        } while time.allowsAnotherRound
        throw .unavailable("too much contention: other nodes were always faster; try again")
    }
}
