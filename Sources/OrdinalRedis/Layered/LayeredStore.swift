public import NIOCore
import NIOConcurrencyHelpers
public import NIOPosix
public import Ordinal
public import RESPClient

/// Redis over another store: the store below reserves blocks of numbers, and Redis deals them out.
///
/// ```swift
/// let store = try LayeredStore(blocksIn: RESPServerLocation("redis://localhost:6379"), over: mysql)
/// ```
///
/// The store below keeps the only ceiling and is written once per block, before any number of it exists. Redis may lose
/// what it holds, or be away: then numbers come straight from below. The store below may be away as long as the blocks
/// last.
///
/// Why no number comes twice:
/// - Blocks are disjoint, because the store below reserved each for one node, which installs it at most once: by one
///   attempt, only over nothing, over a block that is not good there any more or is below its floor, and only if nothing
///   changed since it looked. A block is never made of what the store below says later.
/// - A draw is a compare-and-set of the whole block on the server that it names. One whose reply is lost takes its
///   numbers with it.
/// - A block that may have gone back in time is not good any more: its server was started anew, or became a master, or took
///   over another one's data. See ``Block``.
///
/// Deletes, restarts and advances are done below. The block is then dropped or cut, as far as Redis can be reached. One that
/// could not be is like the numbers in hand of a node that has not heard yet: they are of the life that they name, and
/// were handed out to nobody. A node that has heard drops those of an ended life and cuts those that do not lie above
/// the origin when they arrive, and a node that opens the sequence learns life and origin from below. So correctness
/// rests on life and origin in the store below, and on nothing in Redis.
public final class LayeredStore: SequenceStore {
    let below: any SequenceStore
    let cells: RedisCells
    let keys: RedisKeys
    let client: RESPClient
    let blockSize: BlockSize
    /// The sequences whose blocks this node drew from, for the end.
    let used = NIOLockedValueBox<Set<SequenceName>>([])

    private let lost = NIOLockedValueBox<Int64>(0)

    /// What logs call this store.
    public var label: String { "\(client.location) over \(below.label)" }

    /// Makes a store. It reads the files that `location` names and blocks meanwhile; it does not connect yet.
    ///
    /// - Parameters:
    ///   - location: Where Redis is. Its time limit comes on top of that of the store below. Its prefix must be for this
    ///     store below alone: a copy of that store, such as one for trials, knows the same lives and needs another prefix.
    ///   - below: The store that keeps the ceilings. It is closed with this one.
    ///   - blockSize: How many numbers to reserve below.
    ///   - group: Where the connection to Redis lives.
    public init(
        blocksIn location: RESPServerLocation, over below: any SequenceStore, blockSize: BlockSize = .standard,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws(RESPClientError) {
        client = try RESPClient(location, on: group)
        cells = RedisCells(client)
        keys = RedisKeys(prefix: location.prefix)
        self.below = below
        self.blockSize = blockSize
    }

    /// Who the store below is, and what both are worth.
    public func status() async throws(StoreError) -> StoreStatus {
        let status = try await below.status()
        var sentences = status.durability
        do throws(StoreError) {
            sentences += try await ServerSettings.read(client, in: callTime).durability(ofStore: false)
        } catch {
            sentences.append("Redis is away, so that every reservation goes to the store below (\(error))")
        }
        return StoreStatus(
            id: status.id, home: status.home, sequences: status.sequences, durability: sentences,
            abandoned: status.abandoned + abandoned)
    }

    /// Half of Redis's time limit, from now: a reservation may go to Redis before and after it goes below.
    var callTime: CallTime { CallTime(client.location.timeout / 2) }

    /// How many numbers of blocks this node had to give up: a draw without a reply, a block that could neither be
    /// installed nor given back. They are a gap.
    public var abandoned: Int64 { lost.withLockedValue(\.self) }

    func abandon(_ count: Int64) {
        lost.withLockedValue { lost in
            let (sum, overflow) = lost.addingReportingOverflow(count)
            lost = overflow ? .max : sum
        }
    }

    // MARK: Done below

    public func prepare() async throws(StorePreparationError) {
        try await below.prepare()
    }

    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await below.create(name, life: life, at: ceiling, options: options)
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await below.find(name, known: known)
    }

    /// What is below its ceiling there may still be in a block, so that no maximum can make a block too high.
    public func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await below.change(name, life: life, to: options)
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await below.list(after: name, limit: limit)
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await below.changes(since: mark)
    }

    // MARK: Done below, then heard of in Redis

    public func advance(
        _ name: SequenceName, life: Life, by step: Advance
    ) async throws(StoreError) -> Advanced {
        let advanced = try await below.advance(name, life: life, by: step)
        await cutBlock(of: advanced.record)
        return advanced
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        let record: SequenceRecord
        do {
            record = try await below.restart(name, from: from, to: to, at: ceiling, options: options)
        } catch {
            if case .unknownOutcome = error { await dropBlock(of: name, life: from) }
            throw error
        }
        await dropBlock(of: name, life: from)
        return record
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        let wasThere: Bool
        do {
            wasThere = try await below.delete(name, life: life)
        } catch {
            if case .unknownOutcome = error { await dropBlock(of: name, life: life) }
            throw error
        }
        await dropBlock(of: name, life: life)
        return wasThere
    }

    /// Takes what is left of the blocks that this node used out of Redis, gives it back to the store below, and closes
    /// both. Other nodes that go on get new blocks.
    public func close() async {
        await returnBlocks()
        await client.close()
        await below.close()
    }
}
