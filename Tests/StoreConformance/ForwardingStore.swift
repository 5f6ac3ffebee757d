public import Ordinal

/// A store that passes every call on to another one, for tests that put something in between: they write the calls that they
/// change. Preparing it is asking for its status.
public protocol ForwardingStore: SequenceStore {
    /// Who gets the calls.
    var store: any SequenceStore { get }

    /// Comes before every call that is passed on. What it throws the call throws, and then it is not passed on.
    func check() throws(StoreError)
}

extension ForwardingStore {
    public func check() throws(StoreError) {}

    public var label: String { store.label }

    public func status() async throws(StoreError) -> StoreStatus {
        try check()
        return try await store.status()
    }

    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try check()
        return try await store.create(name, life: life, at: ceiling, options: options)
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try check()
        return try await store.find(name, known: known)
    }

    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try check()
        return try await store.reserve(reservation)
    }

    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try check()
        return try await store.release(segment, of: name)
    }

    public func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> Advanced {
        try check()
        return try await store.advance(name, life: life, by: step)
    }

    public func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try check()
        return try await store.change(name, life: life, to: options)
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try check()
        return try await store.restart(name, from: from, to: to, at: ceiling, options: options)
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try check()
        return try await store.delete(name, life: life)
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try check()
        return try await store.list(after: name, limit: limit)
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try check()
        return try await store.changes(since: mark)
    }

    public func close() async { await store.close() }
}
