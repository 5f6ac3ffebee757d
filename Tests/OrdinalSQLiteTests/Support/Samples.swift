import GRDB
import Ordinal
@testable import OrdinalSQLite

extension SequenceName {
    /// A name that is known to be one.
    static func sample(_ text: String) -> SequenceName {
        do { return try SequenceName(text) } catch { preconditionFailure("\(text): \(error)") }
    }

    static let a = sample("a")
    static let b = sample("b")
}

extension Life {
    static let one = Life(rawValue: 1)
    static let two = Life(rawValue: 2)
}

extension SQLiteStore {
    /// Creates a sequence of the life `one`.
    @discardableResult
    func create(_ name: SequenceName, at ceiling: Int64 = 0) async throws(StoreError) -> SequenceRecord {
        try await create(name, life: .one, at: ceiling, options: .standard)
    }

    /// Reserves from a sequence of the life `one`.
    @discardableResult
    func reserve(
        _ count: Int64, of name: SequenceName, above: Int64 = .min, offset: Int64 = 1_000_000
    ) async throws(StoreError) -> Reserved {
        try await reserve(
            Reservation(
                name: name, life: .one, count: count, above: above, failoverOffset: .exactly(offset),
                stamp: Stamp(rawValue: .random(in: .min ... .max))))
    }

    /// What a pragma says on the connection that is in use.
    func pragma(_ name: String) async throws(StoreError) -> String? {
        try await read { try String.fetchOne($0.db, sql: "PRAGMA \(name)") }
    }
}

extension StoreError {
    /// The text, if it is certain that nothing happened.
    var unavailable: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }
}

/// The ceiling in a file that nobody has open.
func ceiling(of name: SequenceName, in path: String) throws -> Int64? {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in
        try Int64.fetchOne(db, sql: "SELECT ceiling FROM sequences WHERE name = ?", arguments: [Bytes(name.bytes)])
    }
}

/// What SQLite says of a file that nobody has open.
func check(_ path: String) throws -> String? {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
}
