/// Performs the errands of all sequences: calls the store, keeps the journal, mends what the store lost.
final class ErrandRunner: Sendable {
    let store: any SequenceStore
    let journal: (any Journal)?
    let policy: SequencerPolicy
    let environment: Environment
    let report: @Sendable (SequencerEvent) -> Void
    let creations: CreationLimit
    let turnstile: Turnstile
    let storeID: StoreIdentification
    let watch: DeadlineWatch
    /// What every sequence starts with.
    let settings: SegmentChain.Settings
    /// Is told when a sequence left memory.
    let onGone: @Sendable (SequenceAllocator) -> Void

    init(
        store: any SequenceStore, journal: (any Journal)?, policy: SequencerPolicy, environment: Environment,
        report: @escaping @Sendable (SequencerEvent) -> Void,
        onGone: @escaping @Sendable (SequenceAllocator) -> Void = { _ in }
    ) {
        self.store = store
        self.journal = journal
        self.policy = policy
        self.environment = environment
        self.report = report
        self.onGone = onGone
        creations = CreationLimit(policy, now: environment.now)
        turnstile = Turnstile(places: policy.concurrentOpenings, queueLimit: policy.maximumOpenings)
        storeID = StoreIdentification()
        watch = DeadlineWatch(environment)
        settings = SegmentChain.Settings(policy, random: environment.random)
    }

    /// Performs one errand. Whatever the store says becomes an outcome; nothing is tried twice.
    ///
    /// - Parameters:
    ///   - errand: What to do.
    ///   - name: The sequence.
    ///   - memory: What this node knows of the sequence, to make it again if the store lost it.
    func run(
        _ errand: SegmentChain.Errand, of name: SequenceName, memory: LifeMemory?
    ) async -> SegmentChain.Outcome {
        do {
            switch errand {
            case .open:
                return try await inTurn { () async throws(StoreError) in try await lookUp(name, memory: memory) }
            case .create:
                return try await create(name)
            case .reserve(let reservation):
                return try await reserve(reservation, options: memory?.entry.options ?? .standard)
            case .release(let segment):
                try await keep(
                    JournalEntry(
                        life: segment.life, floor: memory?.entry.floor ?? segment.first - segment.increment,
                        options: memory?.entry.options ?? .standard, recentSize: memory?.entry.recentSize ?? 0),
                    of: name)
                let given = try await store.release(segment, of: name)
                // The ceiling was raised further, or the store went back: that must still be seen when it is opened anew.
                if !given {
                    let entry = JournalEntry(
                        life: segment.life, floor: segment.last, options: memory?.entry.options ?? .standard,
                        recentSize: memory?.entry.recentSize ?? 0)
                    do { try await keep(entry, of: name) } catch {
                        // Reported. In memory the floor is kept all the same.
                    }
                }
                return .released(given)
            }
        } catch {
            return .failed(error)
        }
    }

    // MARK: - Looking up

    /// Looks something up when it is its turn: a few at a time, so that names nobody knows do not keep the store busy.
    func inTurn(
        _ look: () async throws(StoreError) -> SegmentChain.Outcome
    ) async throws(StoreError) -> SegmentChain.Outcome {
        guard await turnstile.enter() else {
            return .refused(.overloaded("\(policy.maximumOpenings) other sequences wait to be looked up"))
        }
        defer { turnstile.leave() }
        return try await look()
    }

    /// Finds a sequence in the store, and makes it again if this node or its journal knows that the store lost it.
    func lookUp(_ name: SequenceName, memory: LifeMemory? = nil) async throws(StoreError) -> SegmentChain.Outcome {
        var known = memory
        if known == nil { known = try await recallLatest(of: name).map { LifeMemory($0, heard: .min) } }
        switch try await store.find(name, known: known?.entry.life) {
        case .live(let record):
            if let entry = known?.entry, entry.life == record.life { return opened(record, entry) }
            return opened(record, try await recall(name, record.life))
        case .absent:
            return .absent
        case .lost(let instead):
            guard let known else { return .absent }
            let record = try await mend(name, known, instead: instead, size: policy.segmentSize.smallest)
            return .opened(record, floor: known.entry.floor)
        }
    }

    private func create(_ name: SequenceName) async throws(StoreError) -> SegmentChain.Outcome {
        do { try await creations.admit(to: store) } catch { return .refused(error) }
        do {
            let life = Life(random: environment.random)
            return .opened(try await store.create(name, life: life, at: 0, options: .standard), floor: .min)
        } catch .exists(let record) {
            return opened(record, try await recall(name, record.life))
        }
    }

    /// A sequence as the store has it, and what the journal knows better.
    private func opened(_ record: SequenceRecord, _ entry: JournalEntry?) -> SegmentChain.Outcome {
        var record = record
        record.recentSize = max(record.recentSize, entry?.recentSize ?? 0)
        return .opened(record, floor: entry?.floor ?? .min)
    }

    // MARK: - Reserving

    private func reserve(
        _ reservation: Reservation, options: SequenceOptions
    ) async throws(StoreError) -> SegmentChain.Outcome {
        let begin = environment.now()
        // A journal that is required and cannot be written is to be noticed before there are numbers to lose.
        if policy.requiresJournal {
            try await keep(
                JournalEntry(
                    life: reservation.life, floor: reservation.above, options: options,
                    recentSize: reservation.recentSize),
                of: reservation.name)
        }
        let reserved: Reserved
        do { reserved = try await store.reserve(reservation) } catch .lost(let instead) {
            let known = LifeMemory(
                JournalEntry(
                    life: reservation.life, floor: reservation.above, options: options,
                    recentSize: reservation.recentSize),
                heard: reservation.heard)
            let record = try await mend(reservation.name, known, instead: instead, size: reservation.count)
            return .opened(record, floor: reservation.above)
        }
        // The floor stands in the journal before the first number of the segment is handed out.
        let entry = JournalEntry(
            life: reservation.life, floor: reserved.segment.last, options: options,
            recentSize: SequenceRecord.recentSize(after: reserved.segment.count, before: reservation.recentSize))
        do { try await keep(entry, of: reservation.name) } catch {
            // The segment exists and cannot be used: to the chain this is a reply that was lost.
            throw .unknownOutcome("the numbers were reserved, but \(error)")
        }
        return .reserved(reserved, in: environment.now() - begin)
    }

    /// Gives a sequence that the store lost its life back, beyond everything that this node may have handed out or heard of.
    ///
    /// A row that is missing without a tombstone, for a life known here, is a store that went back. To create it at its
    /// beginning would hand out everything again.
    ///
    /// - Parameter size: How many numbers a segment has at least: the largest one that is known of counts.
    private func mend(
        _ name: SequenceName, _ memory: LifeMemory, instead: SequenceRecord?, size: Int64
    ) async throws(StoreError) -> SequenceRecord {
        let known = memory.entry
        let offset = policy.offset.count(forSegmentsOf: max(size, known.recentSize))
        let (base, maximum) = (max(known.floor, memory.heard, 0), known.options.maximum)
        guard base <= maximum else { throw .exhausted(maximum: maximum) }
        // What does not fit below the maximum is no number. The sequence is made again all the same: exhausted, so that it
        // can be deleted, begun anew or given another maximum.
        let left = (maximum - base) / known.options.increment
        let skipped = min(offset, left)
        let ceiling = skipped < left ? base + skipped * known.options.increment : maximum
        let record: SequenceRecord
        if let instead {
            record = try await store.restart(
                name, from: instead.life, to: known.life, at: ceiling, options: known.options)
        } else {
            record = try await store.create(name, life: known.life, at: ceiling, options: known.options)
        }
        report(.mended(name, known.life, from: ceiling))
        if skipped > 0 { report(.gap(name, .mending, count: skipped)) }
        return record
    }

    // MARK: - The journal

    private func recallLatest(of name: SequenceName) async throws(StoreError) -> JournalEntry? {
        guard let journal else { return nil }
        let id = try await storeID.of(store)
        do { return try await journal.latest(of: name, in: id) } catch {
            try journalFailed(name, error)
            return nil
        }
    }

    private func recall(_ name: SequenceName, _ life: Life) async throws(StoreError) -> JournalEntry? {
        guard let journal else { return nil }
        let id = try await storeID.of(store)
        do { return try await journal.entry(of: name, life: life, in: id) } catch {
            try journalFailed(name, error)
            return nil
        }
    }

    private func keep(_ entry: JournalEntry, of name: SequenceName) async throws(StoreError) {
        guard let journal else { return }
        let id = try await storeID.of(store)
        do { try await journal.record(entry, of: name, in: id) } catch { try journalFailed(name, error) }
    }

    /// Without the journal uniqueness still rests on the store; whether that is enough is the operator's choice.
    private func journalFailed(_ name: SequenceName, _ error: JournalError) throws(StoreError) {
        report(.journalFailed(name, error))
        guard !policy.requiresJournal else {
            throw .unavailable("the journal is required and cannot be used: \(error)")
        }
    }
}

/// What a node knows of a life, for the case that the store lost it.
struct LifeMemory: Sendable {
    /// What it would write into its journal.
    let entry: JournalEntry
    /// The highest ceiling that it ever heard of, its own or another node's; `Int64.min` if of none.
    let heard: Int64

    init(_ entry: JournalEntry, heard: Int64) {
        self.entry = entry
        self.heard = heard
    }
}
