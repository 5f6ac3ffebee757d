import Ordinal

extension Takeover {
    /// Compares the counters with what the store has.
    func plan(
        for counters: [LegacyCounter], in store: any SequenceStore
    ) async throws(TakeoverError) -> TakeoverResult {
        let answers = await Bounded.map(counters) { counter -> Result<TakeoverRow, StoreError> in
            do throws(StoreError) { return .success(try await row(for: counter, in: store)) } catch {
                return .failure(error)
            }
        }
        do {
            return TakeoverResult(rows: try answers.map { try $0.get() }, notes: notes)
        } catch {
            throw TakeoverError("no sequence was created: \(error); run it again")
        }
    }

    private func row(
        for counter: LegacyCounter, in store: any SequenceStore
    ) async throws(StoreError) -> TakeoverRow {
        let name: SequenceName
        do { name = try SequenceName(counter.name) } catch {
            return row(counter, nil, ceiling: nil, .refused("\(error): rename it in the application"))
        }
        switch counter.value {
        case .none(let reason): return row(counter, name, ceiling: nil, .skipped(reason))
        case .unusable(let reason): return row(counter, name, ceiling: nil, .refused(reason))
        case .highest(let highest):
            let (sum, overflow) = highest.addingReportingOverflow(UInt64(margin + counter.inaccuracy))
            guard !overflow, sum <= UInt64(SequenceOptions.highestNumber) else {
                let reason =
                    """
                    the old value and the margin of \(margin + counter.inaccuracy) lie above \
                    \(SequenceOptions.highestNumber), the highest number of a sequence: begin a new one
                    """
                return row(counter, name, ceiling: nil, .refused(reason))
            }
            let ceiling = Int64(sum)
            let entry = try await Patience.with { () async throws(StoreError) in
                try await store.find(name, known: nil)
            }
            guard case .live(let record) = entry else { return row(counter, name, ceiling: ceiling, .create) }
            return row(counter, name, ceiling: record.ceiling, judge(record, highest: highest))
        }
    }

    /// What it means that a sequence is there.
    ///
    /// Its origin counts and not its ceiling: a sequence that began below the old value has handed out numbers of the old
    /// system, however far it got since.
    func judge(_ record: SequenceRecord, highest: UInt64) -> TakeoverRow.Action {
        guard record.origin < 0 || UInt64(record.origin) < highest else { return .alreadyTakenOver }
        return .conflict(
            """
            the sequence is there and begins above \(record.origin), but \(system.title) got to \(highest): it went on \
            after the takeover, or the sequence was made by hand. Stop \(system.title) for good, look for numbers that were \
            handed out twice, and move the sequence above both: ordinal advance NAME --to \
            \(max(UInt64(max(0, record.ceiling)), highest))
            """)
    }

    private func row(
        _ counter: LegacyCounter, _ name: SequenceName?, ceiling: Int64?, _ action: TakeoverRow.Action
    ) -> TakeoverRow {
        var highest: UInt64?
        if case .highest(let number) = counter.value { highest = number }
        return TakeoverRow(
            name: Printable.text(counter.name), sequence: name, highest: highest, place: counter.place,
            margin: margin + counter.inaccuracy, ceiling: ceiling, action: action, notes: notes(on: counter))
    }

    private func notes(on counter: LegacyCounter) -> [String] {
        var notes = counter.notes
        if counter.databases > 1 { notes.append("in \(counter.databases) databases: the highest value counts") }
        if counter.delta > 1 {
            notes.append("delta \(counter.delta): the sequence goes on with increment 1, above the highest value")
        }
        if counter.delta > counter.databases {
            notes.append(
                """
                delta \(counter.delta) stands for as many databases, found in \(counter.databases): if there are others, \
                give each of them with --from
                """)
        }
        return notes
    }

    /// What concerns all rows.
    private var notes: [String] {
        var notes: [String] = []
        if margin == system.margin {
            notes.append("the margin of \(margin): \(system.marginReason)")
        }
        if system == .idalloc, redis == nil {
            notes.append(
                "Redis was not read, which is ahead of MySQL: give it with another --from redis://… if it is still there"
            )
        }
        return notes
    }
}
