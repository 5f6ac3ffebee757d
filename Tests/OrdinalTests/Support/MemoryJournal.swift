import NIOConcurrencyHelpers

@testable import Ordinal

/// A journal in memory, which outlives the sequencers of a test.
final class MemoryJournal: Journal {
    private struct State {
        var entries: [(name: SequenceName, store: StoreID, entry: JournalEntry)] = []
        var isBroken = false
    }

    private let state = NIOLockedValueBox(State())

    /// Whether every call fails.
    var isBroken: Bool {
        get { state.withLockedValue { $0.isBroken } }
        set { state.withLockedValue { $0.isBroken = newValue } }
    }

    func floor(of name: SequenceName) -> Int64? {
        state.withLockedValue { $0.entries.last { $0.name == name }?.entry.floor }
    }

    func latest(of name: SequenceName, in store: StoreID) async throws(JournalError) -> JournalEntry? {
        try check()
        return state.withLockedValue { $0.entries.last { $0.name == name && $0.store == store }?.entry }
    }

    func entry(of name: SequenceName, life: Life, in store: StoreID) async throws(JournalError) -> JournalEntry? {
        try check()
        return state.withLockedValue { state in
            state.entries.last { $0.name == name && $0.store == store && $0.entry.life == life }?.entry
        }
    }

    func record(_ entry: JournalEntry, of name: SequenceName, in store: StoreID) async throws(JournalError) {
        try check()
        state.withLockedValue { state in
            state.entries.removeAll { $0.name == name && $0.store == store && $0.entry.life == entry.life }
            state.entries.append((name, store, entry))
        }
    }

    func close() async {}

    private func check() throws(JournalError) {
        if isBroken { throw JournalError("the disk is full") }
    }
}
