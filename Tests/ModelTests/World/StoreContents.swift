@testable import Ordinal

/// What the store holds, as a value. There is one sequence.
struct StoreContents {
    static let name = SequenceName(wellFormed: "s")

    var live: SequenceRecord?
    var tombstones: Set<Life> = []

    /// Does what a request asks for, by the rules of the engine.
    mutating func perform(_ request: Request, home: Home, without broken: Rule?) -> Answer {
        let transaction = Transaction(self, home: home, ignoresTombstones: broken == .tombstone)
        do {
            let answer = try transaction.perform(request, without: broken)
            self = transaction.contents
            return answer
        } catch let error as StoreError {
            return .failed(error)
        } catch {
            preconditionFailure("rules throw nothing else: \(error)")
        }
    }
}

/// One call's work on a copy of the contents: everything but the rows is the engine's own.
private final class Transaction: SequenceTransaction {
    var contents: StoreContents
    var home: Home
    let ignoresTombstones: Bool

    init(_ contents: StoreContents, home: Home, ignoresTombstones: Bool) {
        self.contents = contents
        self.home = home
        self.ignoresTombstones = ignoresTombstones
    }

    func live(_ name: SequenceName) -> SequenceRecord? { contents.live }
    func hasEnded(_ name: SequenceName, _ life: Life) -> Bool {
        !ignoresTombstones && contents.tombstones.contains(life)
    }
    func insert(_ record: SequenceRecord) { contents.live = record }
    func update(_ record: SequenceRecord, mustBeHeard: Bool) { contents.live = record }
    func bury(_ record: SequenceRecord) {
        contents.live = nil
        contents.tombstones.insert(record.life)
    }

    func perform(_ request: Request, without broken: Rule?) throws -> Answer {
        let name = StoreContents.name
        switch request {
        case .find(let known): return .found(try find(name, known: known?.entry.life))
        case .create(let life, let ceiling):
            return .record(try create(name, life: life, at: ceiling, options: .standard))
        case .restart(let old, let new, let ceiling):
            return .record(try restart(name, from: old, to: new, at: ceiling, options: .standard))
        case .reserve(let reservation):
            if broken == .homeInReservation, let known = contents.live?.home { home = known }
            return .reserved(try reserve(reservation))
        case .release(let segment):
            if broken == .stampOnRelease { contents.live?.stamp = segment.stamp }
            return .released(try release(segment, of: name))
        case .delete(let life):
            _ = try delete(name, life: life)
            return .deleted
        case .advance(let life, _, let step): return .record(try advance(name, life: life, by: step).record)
        }
    }
}
