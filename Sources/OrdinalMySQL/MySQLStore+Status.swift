import NIOConcurrencyHelpers
public import Ordinal

extension MySQLStore {
    /// Who the store is and what it promises.
    ///
    /// The number of sequences is counted up to a million; above that it is the server's estimate. A count serves for a
    /// hundred times as long as it took, or until this store creates or deletes a sequence.
    public func status() async throws(StoreError) -> StoreStatus {
        let known = count.withLockedValue { $0 }.flatMap { $0.end > .now ? $0.sequences : nil }
        return try await perform(.reading) { [count] transaction in
            let sequences: Int
            if let known {
                sequences = known
            } else {
                let begin = ContinuousClock.now
                sequences = try transaction.countSequences()
                let fresh = SequenceCount(sequences: sequences, end: .now + (.now - begin) * 100)
                count.withLockedValue { $0 = fresh }
            }
            return StoreStatus(
                id: transaction.storeID, home: transaction.home, sequences: sequences,
                durability: Durability.sentences(try ServerVariables(transaction.connection)))
        }
    }
}

// What changes how many sequences there are.
extension MySQLStore {
    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        defer { forgetCount() }
        return try await perform(.writing) { try $0.create(name, life: life, at: ceiling, options: options) }
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        defer { forgetCount() }
        return try await perform(.writing) { try $0.delete(name, life: life) }
    }

    private func forgetCount() { count.withLockedValue { $0 = nil } }
}

/// How many sequences there were, and until when that is good enough.
struct SequenceCount: Sendable {
    let sequences: Int
    let end: ContinuousClock.Instant
}

extension Transaction {
    private static let countLimit: Int64 = 1_000_000

    fileprivate func countSequences() throws -> Int {
        let exact = try number(
            "SELECT COUNT(*) FROM (SELECT 1 FROM ordinal_sequences LIMIT \(Self.countLimit)) AS counted")
        guard exact >= Self.countLimit else { return Int(exact) }
        let estimate = try number(
            """
            SELECT CAST(TABLE_ROWS AS SIGNED) FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ordinal_sequences'
            """)
        return Int(max(exact, estimate))
    }

    private func number(_ sql: String) throws -> Int64 { try connection.rows(sql).first?.integer(0) ?? 0 }
}
