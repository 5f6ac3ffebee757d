import Ordinal

/// What a store holds, as a value: a copy is a backup.
struct StoreContents {
    var live: [SequenceName: SequenceRecord] = [:]
    var tombstones: Set<Life> = []
    var changes: [Changes.Change] = []

    func changes(since mark: ChangeMark?) -> Changes {
        let end = Int64(changes.count)
        let wentBack = mark.map { $0.rawValue > end } ?? false
        let heard = wentBack ? end : mark?.rawValue ?? end
        return Changes(
            mark: ChangeMark(rawValue: end), changes: Array(changes[Int(heard)...]), wentBack: wentBack)
    }

    func list(after name: SequenceName?, limit: Int) -> [SequenceRecord] {
        live.keys.sorted().filter { other in name.map { other > $0 } ?? true }.prefix(limit).compactMap { live[$0] }
    }
}

/// One call's work on a copy of the contents.
final class StoreTransaction: SequenceTransaction {
    var contents: StoreContents
    let home: Home

    init(_ contents: StoreContents, home: Home) {
        self.contents = contents
        self.home = home
    }

    func live(_ name: SequenceName) -> SequenceRecord? { contents.live[name] }
    func hasEnded(_ name: SequenceName, _ life: Life) -> Bool { contents.tombstones.contains(life) }
    func insert(_ record: SequenceRecord) { contents.live[record.name] = record }

    func update(_ record: SequenceRecord, mustBeHeard: Bool) {
        contents.live[record.name] = record
        if mustBeHeard { contents.changes.append(.moved(record)) }
    }

    func bury(_ record: SequenceRecord) {
        contents.live[record.name] = nil
        contents.tombstones.insert(record.life)
        contents.changes.append(.ended(record.name, record.life))
    }
}
