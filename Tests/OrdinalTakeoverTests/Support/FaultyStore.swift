import NIOConcurrencyHelpers
import Ordinal

/// A store before which something stands that loses calls and replies.
final class FaultyStore: SequenceStore {
    struct Faults {
        /// How many replies to `create` get lost.
        var lostReplies = 0
        /// How many times `find` fails.
        var failingFinds = 0
        /// Whether nothing reaches the store.
        var isAway = false
        /// After how many sequences it goes away.
        var created = Int.max
    }

    let store: any SequenceStore
    let faults: NIOLockedValueBox<Faults>

    init(_ store: any SequenceStore, _ faults: Faults) {
        self.store = store
        self.faults = NIOLockedValueBox(faults)
    }

    var label: String { store.label }

    private func pass() throws(StoreError) {
        if faults.withLockedValue(\.isAway) { throw .unavailable("away") }
    }

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        let isLast = faults.withLockedValue { faults in
            faults.created -= 1
            if faults.created < 0 { faults.isAway = true }
            return faults.isAway
        }
        if isLast { throw .unavailable("away") }
        let record = try await store.create(name, life: life, at: ceiling, options: options)
        let isLost = faults.withLockedValue { faults in
            faults.lostReplies -= 1
            return faults.lostReplies >= 0
        }
        if isLost { throw .unknownOutcome("lost") }
        return record
    }

    func status() async throws(StoreError) -> StoreStatus {
        try pass()
        return try await store.status()
    }
    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try pass()
        let isFailing = faults.withLockedValue { faults in
            faults.failingFinds -= 1
            return faults.failingFinds >= 0
        }
        if isFailing { throw .unavailable("away") }
        return try await store.find(name, known: known)
    }
    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await store.reserve(reservation)
    }
    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await store.release(segment, of: name)
    }
    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> SequenceRecord {
        try await store.advance(name, life: life, by: step)
    }
    func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await store.change(name, life: life, to: options)
    }
    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await store.restart(name, from: from, to: to, at: ceiling, options: options)
    }
    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await store.delete(name, life: life)
    }
    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await store.list(after: name, limit: limit)
    }
    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await store.changes(since: mark)
    }
    func close() async { await store.close() }
}
