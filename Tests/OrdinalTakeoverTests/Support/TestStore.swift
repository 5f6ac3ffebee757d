import Ordinal
import OrdinalSQLite
import OrdinalTakeover
import TestSupport

/// A store in a directory of a test's own.
final class TestStore: Sendable {
    let sqlite: SQLiteStore
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        sqlite = try SQLiteStore.open(path: directory.file("ordinal.db"))
    }

    /// All sequences.
    var records: [SequenceRecord] { get async throws { try await sqlite.list(after: nil, limit: 10_000) } }

    /// The ceilings by name.
    var ceilings: [String: Int64] {
        get async throws { Dictionary(uniqueKeysWithValues: try await records.map { ("\($0.name)", $0.ceiling) }) }
    }

    func record(_ name: String) async throws -> SequenceRecord {
        guard case .live(let record) = try await sqlite.find(try SequenceName(name), known: nil) else {
            throw Failure("there is no sequence \(name)")
        }
        return record
    }

    /// The first number that Ordinal hands out after `count` others.
    @discardableResult
    func next(_ name: String, count: Int64 = 1) async throws -> Int64 {
        let record = try await record(name)
        return try await sqlite.reserve(
            Reservation(
                name: record.name, life: record.life, count: count, above: .min, failoverOffset: .exactly(1_000_000),
                stamp: Stamp(rawValue: .random(in: .min ... .max)))
        ).segment.first
    }
}

extension TakeoverResult {
    /// What was done, by name.
    var actions: [String: TakeoverRow.Action] {
        Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.action) })
    }

    func row(_ name: String) throws -> TakeoverRow {
        guard let row = rows.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw Failure("there is no row \(name)")
        }
        return row
    }
}

extension TakeoverRow.Action {
    var isConflict: Bool { if case .conflict = self { true } else { false } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
    var isSkipped: Bool { if case .skipped = self { true } else { false } }
    var isFailed: Bool { if case .failed = self { true } else { false } }
}
