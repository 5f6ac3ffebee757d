import NIOConcurrencyHelpers
public import Ordinal

/// A store in memory that takes as long as it is told to: what the time of a store costs, and nothing else.
public final class MemoryStore: TransactionalStore {
    public let label = "memory"
    private let delay: Duration
    private let id = StoreID(random: Environment.system.random)
    private let rows = NIOLockedValueBox(Rows())

    /// A store whose calls take so long.
    public init(delay: Duration = .zero) { self.delay = delay }

    public func status() async throws(StoreError) -> StoreStatus {
        StoreStatus(id: id, home: Rows.home, sequences: rows.withLockedValue(\.live.count), durability: [])
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        let records = rows.withLockedValue { $0.live.values.sorted { $0.name < $1.name } }
        return Array(records.drop { record in name.map { record.name <= $0 } ?? false }.prefix(max(0, limit)))
    }

    /// No other node can change anything.
    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        Changes(mark: mark ?? ChangeMark(rawValue: 0), changes: [], wentBack: false)
    }

    public func close() async {}

    public func transact<Answer: Sendable>(
        _ name: SequenceName, lives: [Life], _ access: TransactionAccess,
        _ work: @escaping @Sendable (any SequenceTransaction) throws -> Answer
    ) async throws(StoreError) -> Answer {
        // Not cut short: a call that has begun ends as it would have ended.
        if delay > .zero { try? await Task.sleep(for: delay) }
        do {
            return try rows.withLockedValue { rows in
                // Moved and not copied: a copy would be one of all sequences. Rules come before writes, so that there is
                // nothing to undo.
                let transaction = Transaction(rows)
                rows = Rows()
                defer { rows = transaction.rows }
                return try work(transaction)
            }
        } catch let error as StoreError { throw error } catch {
            throw .unavailable("\(error)")
        }
    }
}

private struct Rows {
    static let home = Home(rawValue: "memory")

    var live: [SequenceName: SequenceRecord] = [:]
    var ended: [SequenceName: Set<Life>] = [:]
}

private final class Transaction: SequenceTransaction {
    var rows: Rows
    var home: Home { Rows.home }

    init(_ rows: Rows) { self.rows = rows }

    func live(_ name: SequenceName) -> SequenceRecord? { rows.live[name] }
    func hasEnded(_ name: SequenceName, _ life: Life) -> Bool { rows.ended[name]?.contains(life) ?? false }
    func insert(_ record: SequenceRecord) { rows.live[record.name] = record }
    func update(_ record: SequenceRecord, mustBeHeard: Bool) { rows.live[record.name] = record }
    func bury(_ record: SequenceRecord) {
        rows.live[record.name] = nil
        rows.ended[record.name, default: []].insert(record.life)
    }
}
