import FoundationEssentials
import Ordinal

/// What the file of a ``FileStore`` holds.
struct Contents: Codable {
    /// Who the store is, for ever: 16 random bytes.
    let id: Data
    /// How many changes there were that other nodes must hear of.
    var changes: Int64 = 0
    var rows: [Row] = []
    /// What is over. An old life must never be taken for one that was lost.
    var ended: [Tombstone] = []

    /// What happened after a change, oldest first, as much as one answer holds.
    func changes(after mark: Int64) throws -> [(number: Int64, change: Changes.Change?)] {
        let ended: [(number: Int64, change: Changes.Change?)] = try ended.filter { $0.changed > mark }.map {
            ($0.changed, .ended(try SequenceName($0.name), try Life(written: $0.life)))
        }
        let moved: [(number: Int64, change: Changes.Change?)] = try rows.filter { $0.changed > mark }.map {
            ($0.changed, .moved(try $0.record()))
        }
        return Array((ended + moved).sorted { $0.number < $1.number }.prefix(Changes.limit))
    }
}

/// A sequence as it is written down.
struct Row: Codable {
    let name: String
    let life: Data
    let ceiling: Int64
    let origin: Int64
    let home: String
    let stamp: UInt64?
    let recentSize: Int64
    let increment: Int64
    let maximum: Int64
    /// The number of its last change that others must hear of; 0 if there was none.
    let changed: Int64

    init(_ record: SequenceRecord, changed: Int64) {
        name = "\(record.name)"
        life = Data(record.life.bytes)
        ceiling = record.ceiling
        origin = record.origin
        home = record.home.rawValue
        stamp = record.stamp?.rawValue
        recentSize = record.recentSize
        increment = record.options.increment
        maximum = record.options.maximum
        self.changed = changed
    }

    func record() throws -> SequenceRecord {
        SequenceRecord(
            name: try SequenceName(name), life: try Life(written: life), ceiling: ceiling, origin: origin,
            home: Home(rawValue: home), stamp: stamp.map { Stamp(rawValue: $0) }, recentSize: recentSize,
            options: try SequenceOptions(increment: increment, maximum: maximum))
    }
}

/// A life that is over.
struct Tombstone: Codable {
    let name: String
    let life: Data
    let changed: Int64
}

/// A copy of the contents in which one transaction reads and writes.
final class Draft: SequenceTransaction {
    /// There is one place where the file can be.
    static let home = Home(rawValue: "file")

    private(set) var contents: Contents { didSet { isChanged = true } }
    private(set) var isChanged = false
    var home: Home { Self.home }

    init(_ contents: Contents) { self.contents = contents }

    func live(_ name: SequenceName) throws -> SequenceRecord? {
        try index(of: name).map { try contents.rows[$0].record() }
    }

    func hasEnded(_ name: SequenceName, _ life: Life) -> Bool {
        contents.ended.contains { $0.life.elementsEqual(life.bytes) && $0.name.utf8.elementsEqual(name.bytes) }
    }

    func insert(_ record: SequenceRecord) { contents.rows.append(Row(record, changed: 0)) }

    func update(_ record: SequenceRecord, mustBeHeard: Bool) {
        guard let index = index(of: record.name) else { return insert(record) }
        let changed = mustBeHeard ? nextChange() : contents.rows[index].changed
        contents.rows[index] = Row(record, changed: changed)
    }

    func bury(_ record: SequenceRecord) {
        if let index = index(of: record.name) { contents.rows.remove(at: index) }
        contents.ended.append(
            Tombstone(name: "\(record.name)", life: Data(record.life.bytes), changed: nextChange()))
    }

    /// Bytes are compared, for Swift's strings take two ways of writing `é` for the same.
    private func index(of name: SequenceName) -> Int? {
        contents.rows.firstIndex { $0.name.utf8.elementsEqual(name.bytes) }
    }

    private func nextChange() -> Int64 {
        contents.changes += 1
        return contents.changes
    }
}

extension Life {
    fileprivate init(written bytes: Data) throws {
        guard let life = Life(bytes: bytes) else { throw StoreError.unavailable("the file is damaged: not a life") }
        self = life
    }
}
