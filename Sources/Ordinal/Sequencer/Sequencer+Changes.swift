import NIOConcurrencyHelpers

// Creating, moving and ending sequences.

extension Sequencer {
    /// What a ``set(_:to:options:mode:)`` does with a sequence that is there.
    public enum SetMode: Hashable, Sendable {
        /// Moves it forward.
        case forward
        /// Leaves it as it is.
        case ifMissing
        /// Begins a new life.
        case force
    }

    /// What a ``set(_:to:options:mode:)`` did.
    public enum SetResult: Hashable, Sendable {
        case created, moved, unchanged, restarted
        /// With ``SetMode/ifMissing``: the sequence was there.
        case exists
    }

    /// Makes the numbers of a sequence go on after `number`.
    ///
    /// - Parameters:
    ///   - name: The sequence; it is created if there is none.
    ///   - number: Every later number lies above it, from 0.
    ///   - options: What a new sequence or life is to be; nil: the standard options, or those of the life before.
    ///   - mode: What to do if the sequence is there.
    public func set(
        _ name: SequenceName, to number: Int64, options: SequenceOptions? = nil, mode: SetMode = .forward
    ) async throws(SequencerError) -> SetResult {
        guard number >= 0 else { throw .invalid(.ceiling(number, maximum: SequenceOptions.highestNumber)) }
        while true {
            do {
                return try await withPresentLife(of: name) { known throws(SequencerError) in
                    try await set(name, known, to: number, options: options, mode: mode)
                }
            } catch .missing {
                do {
                    _ = try await createMissing(name, at: number, options: options ?? .standard)
                    return .created
                } catch .exists {
                    continue
                }
            }
        }
    }

    private func set(
        _ name: SequenceName, _ known: Known, to number: Int64, options: SequenceOptions?, mode: SetMode
    ) async throws(SequencerError) -> SetResult {
        switch mode {
        case .ifMissing:
            try await confirm(known, of: name)
            return .exists
        case .force:
            guard name != .fallbackStarts else { throw .reserved }
            try await restart(name, known.life, at: number, options: options ?? known.options)
            return .restarted
        case .forward:
            if options != nil { throw .exists }
            guard number <= known.highest else {
                _ = try await advance(name, known.life, by: .to(number))
                return .moved
            }
            try await confirm(known, of: name)
            guard number == known.highest else { throw .wouldGoBack(requested: number, known: known.highest) }
            return .unchanged
        }
    }

    private typealias Known = (life: Life, options: SequenceOptions, highest: Int64)

    /// Makes sure that a life did not end on another node: what is known of one that did means nothing.
    private func confirm(_ known: Known, of name: SequenceName) async throws(SequencerError) {
        guard try await find(name)?.life == known.life else { throw .missing }
    }

    /// Does something with the present life of a sequence; once more if that turns out to have ended, on another node, before
    /// this one heard of it.
    private func withPresentLife<Value>(
        of name: SequenceName, _ body: (Known) async throws(SequencerError) -> Value
    ) async throws(SequencerError) -> Value {
        var ended: Life?
        while true {
            guard let known = try await open(name).known else { continue }
            do { return try await body(known) } catch .missing where ended != known.life { ended = known.life }
        }
    }

    /// Creates a sequence whose numbers lie above `ceiling`. Throws ``SequencerError/exists`` if there is one.
    @discardableResult
    public func create(
        _ name: SequenceName, at ceiling: Int64, options: SequenceOptions
    ) async throws(SequencerError) -> SequenceRecord {
        guard name != .fallbackStarts else { throw .reserved }
        // One that the store lost would be taken for missing, and come back in place of this one.
        guard try await find(name) == nil else { throw .exists }
        return try await createMissing(name, at: ceiling, options: options)
    }

    private func createMissing(
        _ name: SequenceName, at ceiling: Int64, options: SequenceOptions
    ) async throws(SequencerError) -> SequenceRecord {
        guard name != .fallbackStarts else { throw .reserved }
        try await runner.creations.admit(to: store)
        let life = Life(random: environment.random)
        do { return try await store.create(name, life: life, at: ceiling, options: options) } catch {
            throw SequencerError(error)
        }
    }

    /// Moves a sequence forward; never back.
    ///
    /// Every number up to the new ceiling is left out, on every node. With ``Advance/by(_:)`` this is the operator's hand
    /// after node and store were restored together.
    @discardableResult
    public func advance(_ name: SequenceName, by step: Advance) async throws(SequencerError) -> SequenceRecord {
        try await withPresentLife(of: name) { known throws(SequencerError) in
            try await advance(name, known.life, by: step)
        }
    }

    /// Changes the maximum of a sequence.
    @discardableResult
    public func change(_ name: SequenceName, maximum: Int64) async throws(SequencerError) -> SequenceRecord {
        try await withPresentLife(of: name) { known throws(SequencerError) in
            let options: SequenceOptions
            do throws(InvalidOption) {
                options = try SequenceOptions(increment: known.options.increment, maximum: maximum)
            } catch {
                throw .invalid(error)
            }
            let record = try await mending(name, known.life) { () async throws(StoreError) in
                try await store.change(name, life: known.life, to: options)
            }
            inMemory(name)?.moved(to: record)
            return record
        }
    }

    /// Ends a sequence. Answers whether there was one.
    public func delete(_ name: SequenceName) async throws(SequencerError) -> Bool {
        guard name != .fallbackStarts else { throw .reserved }
        do {
            try await withPresentLife(of: name) { known throws(SequencerError) in
                let existed = try await mending(name, known.life) { () async throws(StoreError) in
                    try await store.delete(name, life: known.life)
                }
                inMemory(name)?.ended(known.life)
                guard existed else { throw .missing }
            }
            return true
        } catch .missing {
            return false
        }
    }

    private func restart(
        _ name: SequenceName, _ life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(SequencerError) {
        let next = Life(random: environment.random)
        _ = try await mending(name, life) { () async throws(StoreError) in
            try await store.restart(name, from: life, to: next, at: ceiling, options: options)
        }
        inMemory(name)?.ended(life)
    }

    private func advance(
        _ name: SequenceName, _ life: Life, by step: Advance
    ) async throws(SequencerError) -> SequenceRecord {
        let allocator = inMemory(name)
        let isHeld = allocator?.changeBegins() ?? false
        defer { if isHeld { allocator?.changeEnded() } }
        let advanced = try await mending(name, life) { () async throws(StoreError) in
            try await store.advance(
                name, life: life, by: memory(of: name, life).map { step.knowing($0, policy.offset) } ?? step)
        }
        if advanced.skipped > 0 {
            report(.wentBack(name, skipped: advanced.skipped))
            report(.gap(name, .mending, count: advanced.skipped))
        }
        inMemory(name)?.moved(to: advanced.record)
        return advanced.record
    }

    private func memory(of name: SequenceName, _ life: Life) -> LifeMemory? {
        inMemory(name)?.memory.flatMap { $0.entry.life == life ? $0 : nil }
    }

    /// Changes a life in the store. Should the store have lost it, it is given back first: nothing has happened then.
    private func mending<Value>(
        _ name: SequenceName, _ life: Life, _ change: () async throws(StoreError) -> Value
    ) async throws(SequencerError) -> Value {
        do throws(StoreError) {
            do throws(StoreError) { return try await change() } catch .lost {
                _ = try await runner.lookUp(name, memory: memory(of: name, life))
                return try await change()
            }
        } catch {
            throw settle(error, name, life)
        }
    }

    /// Draws the conclusion of a failure for the sequence in memory: whoever is there by now, for it may have left and
    /// come back since the call began.
    private func settle(_ error: StoreError, _ name: SequenceName, _ life: Life) -> SequencerError {
        switch error {
        case .ended: inMemory(name)?.ended(life)
        // It may have happened: what is in memory is not to be trusted.
        case .unknownOutcome: inMemory(name)?.forget(life)
        // The store knows less than this node, whose next reservation makes it good. To forget would lose the floor.
        case .lost, .exists, .exhausted, .invalid, .unavailable: break
        }
        return SequencerError(error)
    }

    // MARK: - Reading

    /// The sequence as the store has it; nil if there is none.
    public func find(_ name: SequenceName) async throws(SequencerError) -> SequenceRecord? {
        // Should the store have lost it, what this node heard of it counts as it does in a reservation.
        let memory = inMemory(name)?.memory
        let outcome: SegmentChain.Outcome
        do {
            outcome = try await runner.inTurn { () async throws(StoreError) in
                try await runner.lookUp(name, memory: memory)
            }
        } catch {
            throw SequencerError(error)
        }
        if let memory { takeNote(of: outcome, after: memory, of: name) }
        switch outcome {
        case .opened(let record, _): return record
        case .refused(let error): throw error
        case .absent, .reserved, .released, .failed: return nil
        }
    }

    /// A look-up that found another life than the one in memory, or none, tells that this one has ended.
    func takeNote(of outcome: SegmentChain.Outcome, after memory: LifeMemory, of name: SequenceName) {
        switch outcome {
        case .opened(let record, _) where record.life == memory.entry.life: break
        case .opened, .absent: inMemory(name)?.ended(memory.entry.life)
        case .refused, .reserved, .released, .failed: break
        }
    }

    /// Whether there is a sequence of this name.
    public func exists(_ name: SequenceName) async throws(SequencerError) -> Bool {
        if inMemory(name)?.known != nil { return true }
        return try await find(name) != nil
    }

    /// The sequences after `name`, in the order of their bytes.
    public func list(after name: SequenceName?, limit: Int) async throws(SequencerError) -> [SequenceRecord] {
        do { return try await store.list(after: name, limit: limit) } catch { throw SequencerError(error) }
    }

    /// Who the store is.
    public func storeStatus() async throws(SequencerError) -> StoreStatus {
        do { return try await store.status() } catch { throw SequencerError(error) }
    }
}
