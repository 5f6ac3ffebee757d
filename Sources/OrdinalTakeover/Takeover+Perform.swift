import NIOConcurrencyHelpers
import Ordinal

extension Takeover {
    /// Creates the sequences of a plan, and writes into it what became of them.
    func perform(
        _ result: inout TakeoverResult, in store: any SequenceStore, progress: @Sendable (Int, Int) -> Void
    ) async {
        let planned = result.rows.indices.filter { result.rows[$0].action == .create }
        let rows = planned.map { result.rows[$0] }
        // A store that went away would be waited for at every name.
        let isGivenUp = NIOLockedValueBox(false)
        let actions = await Bounded.map(rows) { row -> TakeoverRow.Action in
            guard !isGivenUp.withLockedValue(\.self), !Task.isCancelled else {
                return .failed("it was not tried: run it again")
            }
            let action = await create(row, in: store)
            if case .failed = action { isGivenUp.withLockedValue { $0 = true } }
            return action
        } progress: {
            progress($0, rows.count)
        }
        for (index, action) in zip(planned, actions) { result.rows[index].action = action }
    }

    private func create(_ row: TakeoverRow, in store: any SequenceStore) async -> TakeoverRow.Action {
        guard let name = row.sequence, let ceiling = row.ceiling, let highest = row.highest else { return row.action }
        // One life for all attempts: one whose reply was lost finds what it made.
        let life = Life(random: { UInt64.random(in: .min ... .max) })
        do throws(StoreError) {
            _ = try await Patience.with { () async throws(StoreError) in
                try await store.create(name, life: life, at: ceiling, options: .standard)
            }
            return .created
        } catch {
            switch error {
            case .exists(let record): return judge(record, highest: highest)
            case .invalid, .exhausted: return .refused("\(error)")
            case .ended, .lost, .unavailable, .unknownOutcome: return .failed("\(error); run it again")
            }
        }
    }
}
