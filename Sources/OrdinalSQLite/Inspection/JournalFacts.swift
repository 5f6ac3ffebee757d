import GRDB
package import Ordinal

/// What an inspection read of a node's journal.
package struct JournalFacts: Sendable {
    struct Contents: Hashable, Sendable {
        let floors: [Floor]
        /// How many floors of how many stores there are in all.
        let total: Int
        let stores: Int
    }

    struct Floor: Hashable, Sendable {
        let store: StoreID
        let name: [UInt8]
        let life: Life
        let floor: Int64
    }

    let file: FileFacts
    let database: DatabaseFacts<Contents>

    /// The process that serves with the journal, if one was seen.
    package var server: Int32? { file.server }

    /// Reads the journal at `path` and changes nothing, not even when a server has it open.
    package static func read(_ path: String) throws(SQLiteFileError) -> JournalFacts {
        let file = try FileFacts.read(path)
        return JournalFacts(
            file: file,
            database: DatabaseFacts(file.path, schema: .journal) { db in
                let rows = try Row.fetchAll(
                    db,
                    sql: "SELECT store, name, life, floor FROM floors ORDER BY name LIMIT \(StoreFactsLimit.records)")
                let floors = try rows.map { row in
                    let bytes = try row.decode(Bytes.self, atIndex: 0).array
                    guard let store = StoreID(bytes: bytes) else {
                        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a store id of \(bytes.count) bytes")
                    }
                    return Floor(
                        store: store, name: try row.decode(Bytes.self, atIndex: 1).array,
                        life: try Transaction.life(row, atIndex: 2), floor: try row.decode(Int64.self, atIndex: 3))
                }
                return Contents(
                    floors: floors, total: try Int.fetchOne(db, sql: "SELECT count(*) FROM floors") ?? 0,
                    stores: try Int.fetchOne(db, sql: "SELECT count(DISTINCT store) FROM floors") ?? 0)
            })
    }

    /// What the journal means for a store.
    ///
    /// - Parameters:
    ///   - store: What was read of the store before; nil if it could not be read.
    ///   - stakes: How much a loss is.
    package func findings(for store: (any StoreFacts)?, at stakes: Stakes) -> [Finding] {
        var findings = file.findings("journal") + [database.finding("journal")]
        if let file = (store as? SQLiteFacts)?.file, file.device == self.file.device { findings.append(together) }
        guard let contents = database.contents, let store else { return findings }
        guard let id = store.id else {
            if contents.total > 0 { findings.append(Self.unknownStore(contents)) }
            return findings
        }
        let known = contents.floors.filter { $0.store == id }
        guard !known.isEmpty || contents.floors.count < contents.total else {
            if contents.total > 0 { findings.append(Self.unknownStore(contents)) }
            return findings
        }
        return findings + [Self.comparison(known, store.records, stakes)]
    }

    private var together: Finding {
        Finding(
            .note, "journal: place", seen: "it lies in the same file system as the store",
            meaning: """
                a snapshot of that file system, put back, takes both back, and nothing can see it: all numbers since \
                the snapshot come twice
                """,
            remedy: "put journal.path on another disk, or run `ordinal advance --all --by N` after such a restore",
            repeated: .unlimited)
    }

    private static func unknownStore(_ contents: Contents) -> Finding {
        Finding(
            .warning, "journal: store",
            seen: "\(contents.total) floors of \(contents.stores) other stores, none of this one",
            meaning: """
                it is the journal of another store, or the store was made anew and begins at its first numbers: if \
                these sequences were in use before, all their numbers come twice
                """,
            remedy: """
                if the store is new, nothing; else name the right store and journal, or restore a backup of the store
                """,
            repeated: .unlimited)
    }

    private static func comparison(
        _ floors: [Floor], _ records: [SequenceRecord], _ stakes: Stakes
    ) -> Finding {
        let subject = "journal: store"
        let seen = "\(floors.count) floors of this store"
        let ceilings = Dictionary(records.map { ($0.name.bytes, $0) }) { first, _ in first }
        let behind = floors.compactMap { floor -> Int64? in
            guard let record = ceilings[floor.name], record.life == floor.life else { return nil }
            return record.ceiling < floor.floor ? floor.floor - record.ceiling : nil
        }
        let alive = floors.count { floor in ceilings[floor.name].map { $0.life == floor.life } ?? false }
        guard let most = behind.max() else {
            let others = floors.count - alive
            guard others > 0, records.count < StoreFactsLimit.records else {
                return Finding(
                    .ok, subject, seen: seen, meaning: "no ceiling of the store lies below what was handed out")
            }
            return Finding(
                .note, subject, seen: "\(seen), \(others) of them of lives that the store does not have",
                meaning:
                    """
                    no ceiling lies below what was handed out of a life that is there; the others were deleted or \
                    begun anew since, or the store was restored from before they began: this node would notice \
                    that
                    """,
                remedy: "if the store was restored, run `ordinal advance --all --by N` before other nodes take numbers")
        }
        return Finding(
            .warning, subject,
            seen: "the store went back: \(behind.count) ceilings lie up to \(most) below this node's floors",
            meaning: """
                this node goes on \(stakes.offset) numbers above its own floor; other nodes repeat what they had and \
                have no journal of
                """,
            remedy: """
                if other nodes lost their journals too, run `ordinal advance --all --by N` before numbers are taken
                """,
            repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
    }
}
