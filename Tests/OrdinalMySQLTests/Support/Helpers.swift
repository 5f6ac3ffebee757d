import DatabaseServers
import Ordinal
import TestSupport

/// Does something so many times at once.
func atOnce<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

extension RandomIdentifier {
    static var fresh: Self { Self(random: { UInt64.random(in: .min ... .max) }) }
}

extension SequenceName {
    /// A name that is known to be one.
    static func sample(_ text: String) -> SequenceName {
        do { return try SequenceName(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}

extension SequenceStore {
    /// Creates a sequence of a new life.
    @discardableResult
    func create(_ name: String, at ceiling: Int64 = 0) async throws(StoreError) -> SequenceRecord {
        try await create(.sample(name), life: .fresh, at: ceiling, options: .standard)
    }

    /// Reserves from a sequence.
    @discardableResult
    func reserve(
        _ count: Int64, of record: SequenceRecord, above: Int64 = .min, offset: Int64 = 1_000_000
    ) async throws(StoreError) -> Reserved {
        try await reserve(
            Reservation(
                name: record.name, life: record.life, count: count, above: above, failoverOffset: .exactly(offset),
                stamp: Stamp(rawValue: .random(in: .min ... .max))))
    }

    /// What is there under a name.
    func live(_ name: SequenceName) async throws(StoreError) -> SequenceRecord? {
        guard case .live(let record) = try await find(name, known: nil) else { return nil }
        return record
    }
}

extension StoreError {
    /// The text, if it is certain that nothing happened.
    var unavailable: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }

    /// The text, if nobody knows what happened.
    var unknownOutcome: String? {
        if case .unknownOutcome(let reason) = self { reason } else { nil }
    }
}

/// What `body` throws, and how long it took.
func failure<Value>(
    of body: () async throws(StoreError) -> Value
) async throws -> (error: StoreError, time: Duration) {
    let begin = ContinuousClock.now
    do {
        let value = try await body()
        throw Failure("it did not fail but answered \(value)")
    } catch let error as StoreError {
        return (error, .now - begin)
    }
}
