@testable import Ordinal

// The errands of a chain as `ErrandRunner` performs them, cut where the store is asked and where it answers. What a node
// does between two calls is one step: a crash in between is the same as one before it.

extension World {
    mutating func begin(_ errand: SegmentChain.Errand, _ node: Int) {
        let memory = nodes[node].chain?.memory
        switch errand {
        case .open:
            var known = memory
            if known == nil, shared.broken != .floorInJournal {
                known = nodes[node].journal.last.map { LifeMemory($0, heard: .min) }
            }
            nodes[node].call = Call(errand: errand, request: .find(known), known: known)
        case .create:
            nodes[node].call = Call(errand: errand, request: .create(nextLife(), at: 0))
        case .reserve(var reservation):
            reservations += 1
            if shared.broken == .floorInReservation { reservation = reservation.knowingNothing }
            let entry = JournalEntry(life: reservation.life, floor: reservation.above, options: .standard)
            nodes[node].call = Call(
                errand: errand, request: .reserve(reservation), known: LifeMemory(entry, heard: reservation.heard))
        case .release(let segment):
            if shared.broken != .floorBeforeRelease {
                nodes[node].keep(segment.life, floor: memory?.entry.floor ?? segment.first - segment.increment)
            }
            nodes[node].call = Call(errand: errand, request: .release(segment))
        }
    }

    /// The answer of the store reaches a node.
    mutating func finish(_ node: Int) {
        guard let call = nodes[node].call, let answer = call.answer, let errand = call.errand else { return }
        nodes[node].call = nil
        let outcome: SegmentChain.Outcome
        switch (call.request, answer) {
        case (.find, .found(.live(let record))):
            let known = call.known?.entry
            outcome = .opened(record, floor: known?.life == record.life ? known?.floor ?? .min : recall(record, node))
        case (.find, .found(.absent)):
            outcome = .absent
        case (.find, .found(.lost(let instead))), (.reserve, .failed(.lost(let instead))):
            guard let known = call.known else { preconditionFailure("nothing is lost to who knows nothing") }
            return mend(errand, known, instead: instead, node)
        case (.create, .failed(.exists(let record))) where call.known == nil:
            outcome = .opened(record, floor: recall(record, node))
        case (.create, .record(let record)), (.restart, .record(let record)):
            outcome = .opened(record, floor: call.known?.entry.floor ?? .min)
        case (.reserve, .reserved(let reserved)):
            nodes[node].keep(reserved.segment.life, floor: reserved.segment.last)
            outcome = .reserved(reserved, in: .zero)
        case (.release(let segment), .released(let given)):
            if !given { nodes[node].keep(segment.life, floor: segment.last) }
            outcome = .released(given)
        case (_, .failed(let error)):
            outcome = .failed(error)
        default: preconditionFailure("an answer to another request")
        }
        event(node) { $0.finished(errand, outcome, now: .zero) }
    }

    private func recall(_ record: SequenceRecord, _ node: Int) -> Int64 {
        shared.broken == .floorInJournal ? .min : nodes[node].floor(of: record.life) ?? .min
    }

    private mutating func mend(
        _ errand: SegmentChain.Errand, _ known: LifeMemory, instead: SequenceRecord?, _ node: Int
    ) {
        let skipped = shared.settings.policy.offset.count(forSegmentsOf: segmentSize)
        let base = max(known.entry.floor, known.heard, 0) + skipped
        let ceiling = shared.broken == .mending ? 0 : base
        let request: Request =
            if let instead {
                .restart(from: instead.life, to: known.entry.life, at: ceiling)
            } else {
                .create(known.entry.life, at: ceiling)
            }
        nodes[node].call = Call(errand: errand, request: request, known: known)
    }
}

extension Reservation {
    /// The same, from somebody who does not say what is known.
    fileprivate var knowingNothing: Reservation {
        Reservation(name: name, life: life, count: count, above: .min, failoverOffset: failoverOffset, stamp: stamp)
    }
}
