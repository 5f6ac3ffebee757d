import NIOConcurrencyHelpers
import Ordinal
import StoreConformance

/// A store before which something stands that loses calls and replies.
final class FaultyStore: ForwardingStore {
    struct Faults {
        /// How many replies to `create` get lost.
        var lostReplies = 0
        /// How many times `find` fails.
        var failingFinds = 0
        /// Whether nothing reaches the store.
        var isAway = false
        /// After how many sequences it goes away.
        var created = Int.max
    }

    let store: any SequenceStore
    let faults: NIOLockedValueBox<Faults>

    init(_ store: any SequenceStore, _ faults: Faults) {
        self.store = store
        self.faults = NIOLockedValueBox(faults)
    }

    func check() throws(StoreError) {
        if faults.withLockedValue(\.isAway) { throw .unavailable("away") }
    }

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        let isLast = faults.withLockedValue { faults in
            faults.created -= 1
            if faults.created < 0 { faults.isAway = true }
            return faults.isAway
        }
        if isLast { throw .unavailable("away") }
        let record = try await store.create(name, life: life, at: ceiling, options: options)
        let isLost = faults.withLockedValue { faults in
            faults.lostReplies -= 1
            return faults.lostReplies >= 0
        }
        if isLost { throw .unknownOutcome("lost") }
        return record
    }

    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try check()
        let isFailing = faults.withLockedValue { faults in
            faults.failingFinds -= 1
            return faults.failingFinds >= 0
        }
        if isFailing { throw .unavailable("away") }
        return try await store.find(name, known: known)
    }
}
