/// What a transaction is for.
public enum TransactionAccess: Hashable, Sendable {
    /// To look at the rows of one moment. It writes nothing, so that nothing happened, whatever fails.
    case reading
    /// To look at the rows that are there now and to change them, with nothing in between.
    case writing
}

/// A store whose calls are transactions: it says how one is run, and ``SequenceTransaction`` knows what happens in it.
///
/// What is left for such a store to do is to read and write the rows of one sequence, and to list all of them.
public protocol TransactionalStore: SequenceStore {
    /// Runs `work` in one transaction and answers when what it wrote is durable.
    ///
    /// The calls of ``SequenceStore`` are made of it. Programs make those calls, and do not run transactions of their own.
    ///
    /// - Parameters:
    ///   - name: The only sequence that `work` asks for.
    ///   - lives: The only lives of it whose tombstones `work` asks for.
    ///   - access: Whether `work` may write.
    ///   - work: What to do. It may be run again from its beginning, as long as nothing of what it did before was committed.
    ///     A `StoreError` that it throws is the answer to the call; it has written nothing then.
    func transact<Value: Sendable>(
        _ name: SequenceName, lives: [Life], _ access: TransactionAccess,
        _ work: @escaping @Sendable (any SequenceTransaction) throws -> Value
    ) async throws(StoreError) -> Value
}

extension TransactionalStore {
    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [life], .writing) {
            try $0.create(name, life: life, at: ceiling, options: options)
        }
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await transact(name, lives: known.map { [$0] } ?? [], .reading) { try $0.find(name, known: known) }
    }

    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await transact(reservation.name, lives: [reservation.life], .writing) { try $0.reserve(reservation) }
    }

    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await transact(name, lives: [segment.life], .writing) { try $0.release(segment, of: name) }
    }

    public func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> Advanced {
        try await transact(name, lives: [life], .writing) { try $0.advance(name, life: life, by: step) }
    }

    public func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [life], .writing) { try $0.change(name, life: life, to: options) }
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [from, to], .writing) {
            try $0.restart(name, from: from, to: to, at: ceiling, options: options)
        }
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await transact(name, lives: [life], .writing) { try $0.delete(name, life: life) }
    }
}
