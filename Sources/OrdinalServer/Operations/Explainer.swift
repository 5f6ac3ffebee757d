import Ordinal

/// Finds out what is promised of one sequence in this configuration.
struct Explainer: Sendable {
    let journal: ServerConfiguration.Journal.Mode
    let events: EventLog

    /// With the store away, it tells what this node knows of a sequence in memory.
    func explain(_ name: SequenceName, _ sequencer: Sequencer) async throws(SequencerError) -> Explanation {
        // Before the store is asked: what comes in meanwhile would be counted as reserved and as on its way.
        var snapshot = sequencer.snapshot(of: name)
        let subject: Explanation.Subject
        let store: Explanation.Store.State
        do throws(SequencerError) {
            guard let record = try await sequencer.find(name) else { throw .missing }
            if snapshot?.life != record.life { snapshot = nil }
            store = .there(try await sequencer.storeStatus())
            subject = Explanation.Subject(record)
        } catch {
            guard case .unavailable(let reason) = error, let snapshot, let known = Explanation.Subject(snapshot) else {
                throw error
            }
            store = .away(because: reason)
            subject = known
        }
        return Explanation(
            subject, snapshot, sequencer.policy,
            Explanation.Store(label: sequencer.store.label, state: store, hasJournal: journal != .off))
    }
}
