import NIOConcurrencyHelpers
public import Ordinal

/// A store in memory that takes as long as it is told to: what the time of a store costs, and nothing else.
public final class MemoryStore: SequenceStore {
    public let label = "memory"
    private let delay: Duration
    private let id = StoreID(random: Environment.system.random)
    private let rows = NIOLockedValueBox(Rows())

    /// A store whose calls take so long.
    public init(delay: Duration = .zero) { self.delay = delay }

    public func status() async throws(StoreError) -> StoreStatus {
        StoreStatus(id: id, home: Rows.home, sequences: rows.withLockedValue(\.live.count), durability: [])
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await perform { try $0.find(name, known: known) }
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        let records = rows.withLockedValue { $0.live.values.sorted { $0.name < $1.name } }
        return Array(records.drop { record in name.map { record.name <= $0 } ?? false }.prefix(max(0, limit)))
    }

    /// No other node can change anything.
    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        Changes(mark: mark ?? ChangeMark(rawValue: 0), changes: [], wentBack: false)
    }

    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await perform { try $0.create(name, life: life, at: ceiling, options: options) }
    }

    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await perform { try $0.reserve(reservation) }
    }

    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await perform { try $0.release(segment, of: name) }
    }

    public func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> SequenceRecord {
        try await perform { try $0.advance(name, life: life, by: step) }
    }

    public func change(_ name: SequenceName, life: Life, to options: SequenceOptions) async throws(StoreError)
        -> SequenceRecord
    {
        try await perform { try $0.change(name, life: life, to: options) }
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await perform { try $0.restart(name, from: from, to: to, at: ceiling, options: options) }
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await perform { try $0.delete(name, life: life) }
    }

    public func close() async {}

    private func perform<Answer: Sendable>(_ work: (Draft) throws -> Answer) async throws(StoreError) -> Answer {
        // Not cut short: a call that has begun ends as it would have ended.
        if delay > .zero { try? await Task.sleep(for: delay) }
        do {
            return try rows.withLockedValue { rows in
                let draft = Draft(rows)
                let answer = try work(draft)
                rows = draft.rows
                return answer
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

private final class Draft: SequenceTransaction {
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
