import NIOConcurrencyHelpers
import Ordinal
import OrdinalSQLite

/// A real store whose reservations can be held up, made slow, or refused together with all other calls.
final class GatedStore: SequenceStore {
    private let store: SQLiteStore
    private let gate = Gate()
    private let troubles = NIOLockedValueBox((delay: Duration.zero, isAway: false))

    init(_ store: SQLiteStore) { self.store = store }

    /// Lets reservations wait from now on.
    func hold() async { await gate.close() }

    /// Lets them go on.
    func letGo() async { await gate.open() }

    /// How long every reservation takes at least.
    var delay: Duration {
        get { troubles.withLockedValue(\.delay) }
        set { troubles.withLockedValue { $0.delay = newValue } }
    }

    /// Whether every call fails.
    var isAway: Bool {
        get { troubles.withLockedValue(\.isAway) }
        set { troubles.withLockedValue { $0.isAway = newValue } }
    }

    private func check() throws(StoreError) {
        if isAway { throw .unavailable("it is away for a test") }
    }

    /// How many reservations wait.
    var held: Int { get async { await gate.waiting.count } }

    var label: String { store.label }

    func status() async throws(StoreError) -> StoreStatus {
        try check()
        return try await store.status()
    }

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await store.create(name, life: life, at: ceiling, options: options)
    }

    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try check()
        return try await store.find(name, known: known)
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        await gate.pass()
        try check()
        // Nobody cancels a call of the store; without the pause it would just be a quick one.
        if delay > .zero { try? await Task.sleep(for: delay) }
        return try await store.reserve(reservation)
    }

    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await store.release(segment, of: name)
    }

    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> SequenceRecord {
        try await store.advance(name, life: life, by: step)
    }

    func change(_ name: SequenceName, life: Life, to options: SequenceOptions) async throws(StoreError)
        -> SequenceRecord
    {
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

    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes { try await store.changes(since: mark) }

    func close() async { await store.close() }
}

/// Where calls wait while it is closed.
private actor Gate {
    private(set) var waiting: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false

    func close() { isClosed = true }

    func open() {
        isClosed = false
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func pass() async {
        guard isClosed else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
