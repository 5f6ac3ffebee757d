import NIOConcurrencyHelpers
import Ordinal

/// A store that can be away, and that counts how often numbers are reserved from it.
final class UnreliableStore: SequenceStore {
    private let store: any SequenceStore
    private let state = NIOLockedValueBox((isAway: false, reservations: 0))

    init(_ store: any SequenceStore) { self.store = store }

    var isAway: Bool {
        get { state.withLockedValue(\.isAway) }
        set { state.withLockedValue { $0.isAway = newValue } }
    }
    var reservations: Int { state.withLockedValue(\.reservations) }

    private func check() throws(StoreError) { if isAway { throw .unavailable("away") } }

    var label: String { store.label }
    func status() async throws(StoreError) -> StoreStatus {
        try check()
        return try await store.status()
    }
    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try check()
        return try await store.create(name, life: life, at: ceiling, options: options)
    }
    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try check()
        return try await store.find(name, known: known)
    }
    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try check()
        state.withLockedValue { $0.reservations += 1 }
        return try await store.reserve(reservation)
    }
    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try check()
        return try await store.release(segment, of: name)
    }
    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> SequenceRecord {
        try check()
        return try await store.advance(name, life: life, by: step)
    }
    func change(_ name: SequenceName, life: Life, to options: SequenceOptions) async throws(StoreError)
        -> SequenceRecord
    {
        try check()
        return try await store.change(name, life: life, to: options)
    }
    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try check()
        return try await store.restart(name, from: from, to: to, at: ceiling, options: options)
    }
    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try check()
        return try await store.delete(name, life: life)
    }
    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try check()
        return try await store.list(after: name, limit: limit)
    }
    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try check()
        return try await store.changes(since: mark)
    }
    func close() async { await store.close() }
}
