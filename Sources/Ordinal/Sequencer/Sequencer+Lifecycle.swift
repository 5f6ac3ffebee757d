import NIOConcurrencyHelpers

// What goes on beside the requests: hearing of changes, letting idle sequences go, stopping.

extension Sequencer {
    /// How many sequences are given back at a time: the store is to have time for others.
    private static let batch = 1_000
    /// How many answers about changes are taken in at a time: a store where very much changes must not hold up the rest.
    private static let changePages = 1_000

    /// Hears what other nodes change and lets idle sequences leave memory, until the calling task is cancelled or the
    /// sequencer stops.
    public func run() async {
        var mark: ChangeMark?
        var mustCatchUp = true
        var isStoreAway = false
        var nextSweep = environment.now() + sweepInterval
        var unswept: ArraySlice<SequenceAllocator> = []
        while !Task.isCancelled, !directory.withLockedValue(\.isStopping) {
            do throws(StoreError) {
                mark = try await hear(since: mark)
                if mustCatchUp { try await catchUp() }
                mustCatchUp = false
                if isStoreAway { report(.storeIsBack) }
                isStoreAway = false
                await prepareFallback()
            } catch {
                // Said once, and not twice a second for as long as it lasts.
                if !isStoreAway {
                    report(.storeIsAway(error))
                    if policy.fallback != .off, fallback.needsStart { report(.fallbackUnprepared(error)) }
                }
                isStoreAway = true
            }
            // Under pressure, whatever was not used for one tick goes.
            let isCrowded = liveCount > policy.maximumLive / 10 * 9
            if unswept.isEmpty, environment.now() >= nextSweep || isCrowded {
                unswept = directory.withLockedValue { $0.table.all[...] }
                nextSweep = environment.now() + sweepInterval
            }
            do {
                let rest = try await sweep(&unswept, for: policy.changePolling)
                try await environment.sleep(rest)
            } catch {
                return
            }
        }
    }

    /// Two sweeps without use in between, and a sequence has been idle for at least half of the time and at most all.
    private var sweepInterval: Duration { policy.idle / 2 }

    /// Tells the sequences in memory what others did since `mark`, and answers the new mark.
    private func hear(since mark: ChangeMark?) async throws(StoreError) -> ChangeMark? {
        var mark = mark
        for _ in 0..<Self.changePages where !Task.isCancelled && !directory.withLockedValue(\.isStopping) {
            let changes = try await store.changes(since: mark)
            if changes.wentBack {
                report(.historyWentBack(to: changes.mark))
                // Nobody can tell what of it is new: how far others went since must be known before it goes back again.
                mark = .beginning
                continue
            }
            mark = changes.mark
            for change in changes.changes {
                switch change {
                case .ended(let name, let life): inMemory(name)?.ended(life)
                case .moved(let record): inMemory(record.name)?.moved(to: record)
                }
            }
            if changes.changes.isEmpty { break }
        }
        return mark
    }

    /// Looks up what came into memory before the first mark: nobody tells what had changed by then.
    private func catchUp() async throws(StoreError) {
        for allocator in directory.withLockedValue({ $0.table.all }) {
            guard let memory = allocator.memory else { continue }
            let outcome = try await runner.lookUp(allocator.name, memory: memory)
            takeNote(of: outcome, after: memory, of: allocator.name)
            if case .opened(let record, _) = outcome { inMemory(allocator.name)?.moved(to: record) }
        }
    }

    /// Has idle sequences leave memory, one batch after the other, for at most so long.
    ///
    /// - Returns: What is left of the time.
    private func sweep(
        _ allocators: inout ArraySlice<SequenceAllocator>, for limit: Duration
    ) async throws -> Duration {
        let end = environment.now() + limit
        while !allocators.isEmpty, environment.now() < end {
            let batch = allocators.prefix(Self.batch)
            allocators = allocators.dropFirst(Self.batch)
            let leaving = batch.filter { $0.sweep() }
            while leaving.contains(where: { isLive($0) }), environment.now() < end {
                try await environment.sleep(.milliseconds(1))
            }
        }
        return max(.zero, end - environment.now())
    }

    /// Stops: whoever waits is told, errands under way are waited for, and what was not handed out goes back to the store.
    ///
    /// Call it after the fronts have stopped: from its beginning on no sequence comes into memory, and request after request
    /// is refused. It goes to its end in a task that was cancelled, too.
    ///
    /// - Parameter limit: How long to wait at most. What was not given back by then is a gap.
    /// - Returns: Whether everything was given back in time, with no number lost on the way.
    @discardableResult
    public func shutDown(within limit: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            environment.spawn { continuation.resume(returning: await self.giveBack(within: limit)) }
        }
    }

    private func giveBack(within limit: Duration) async -> Bool {
        let deadline = environment.now() + limit
        let lostBefore = notGivenBack.withLockedValue(\.self)
        let live = directory.withLockedValue { directory in
            directory.isStopping = true
            return directory.table.all
        }
        for start in stride(from: 0, to: live.count, by: Self.batch) {
            let batch = live[start..<min(start + Self.batch, live.count)]
            for allocator in batch { allocator.stop() }
            while batch.contains(where: { isLive($0) }) {
                var isOver = environment.now() >= deadline
                if !isOver { do { try await environment.sleep(.milliseconds(1)) } catch { isOver = true } }
                guard !isOver else {
                    // Nothing is handed out any more, and what the store still takes back, it takes back.
                    for allocator in live { allocator.stop() }
                    return false
                }
            }
        }
        return liveCount == 0 && notGivenBack.withLockedValue(\.self) == lostBefore
    }

    private func isLive(_ allocator: SequenceAllocator) -> Bool {
        inMemory(allocator.name) === allocator
    }
}
