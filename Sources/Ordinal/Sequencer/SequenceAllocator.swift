import NIOConcurrencyHelpers

/// A live sequence: hands out its numbers and keeps them coming.
///
/// A thin shell: one ``SegmentChain`` under one lock. Every rule is in the chain; here its actions are performed, always
/// after the lock was let go. Hold allocators as long as you like, but never numbers: one that left memory says so, and is
/// to be looked up anew.
public final class SequenceAllocator: Sendable {
    /// The name of the sequence.
    public let name: SequenceName

    /// What the shell holds for those who wait.
    fileprivate struct Waiting: Idle {
        /// Requests that are suspended until their waiting ends.
        var parked: [Ticket: CheckedContinuation<SegmentChain.Wake, Never>] = [:]
        /// How the waiting of requests ended that are not suspended yet.
        var decided: [Ticket: SegmentChain.Wake] = [:]
        /// The deadline that is watched, the earliest of those who wait; nil if nobody does.
        var deadline: Duration?
        /// Who watches it.
        var watched: DeadlineWatch.Watched?

        var isIdle: Bool { parked.isEmpty && decided.isEmpty && deadline == nil && watched == nil }
    }

    fileprivate struct State {
        @Rare var waiting = Waiting()
        var chain: SegmentChain
        /// Numbers that tasks take by themselves meanwhile.
        var window: Window?
    }

    private let box: NIOLockedValueBox<State>
    private let ends: NameEnds
    private let runner: ErrandRunner

    init(name: SequenceName, runner: ErrandRunner) {
        self.name = name
        self.runner = runner
        ends = name.bytes.withUnsafeBytes { NameEnds($0) }
        let chain = SegmentChain(name: name, settings: runner.settings, now: runner.environment.now())
        box = NIOLockedValueBox(State(chain: chain))
    }

    /// Whether this is its name.
    func isNamed(_ other: UnsafeRawBufferPointer) -> Bool {
        NameEnds(other) == ends && (ends.areAll || name.isEqual(to: other))
    }

    // MARK: - From memory

    /// Takes the next number, if it is at hand.
    ///
    /// - Returns: The number, or nil if the request would have to wait or to hear why there is none: then go to
    ///   ``Sequencer/next(_:count:creates:)``.
    public func take() -> Int64? {
        let (number, isRefillDue) = withState { ($0.chain.take(), $0.chain.isRefillDue) }
        if isRefillDue { refill() }
        return number
    }

    /// Takes the next `count` numbers, in as many runs as it takes, if all of them are at hand.
    ///
    /// - Returns: The numbers, or nil as in ``take()``: then none was taken. Go to ``Sequencer/numbers(_:count:creates:within:)``.
    public func take(_ count: Int64) -> [Run]? {
        guard count >= 1 else { return nil }
        let (runs, isRefillDue) = withState { ($0.chain.take(inPieces: count), $0.chain.isRefillDue) }
        if isRefillDue { refill() }
        return runs
    }

    /// Takes the next numbers that are at hand and contiguous, at most `limit` of them.
    ///
    /// - Returns: One number or more, or nil as in ``take()``.
    public func take(upTo limit: Int64) -> Run? {
        let (run, isRefillDue) = withState { ($0.chain.take(upTo: limit), $0.chain.isRefillDue) }
        if isRefillDue { refill() }
        return run
    }

    /// Numbers that tasks may take by themselves; nil as in ``take()``.
    func window() -> Window? {
        if let window = box.withLockedValue(\.window), !window.isEmpty { return window }
        // The refill first: whatever happens to the sequence closes the window.
        if withState({ $0.chain.isRefillDue }) { refill() }
        return box.withLockedValue { state in
            // Another task may have been faster.
            if let window = state.window, !window.isEmpty { return window }
            state.settle()
            state.window = state.chain.numbersToLend().map { Window($0) }
            return state.window
        }
    }

    private func refill() { apply { $0.proceed($1) } }

    // MARK: - With waiting

    enum Obtained {
        case served([Run])
        case gone
    }

    /// Takes what is wanted as soon as all of it is there.
    func obtain(_ demand: Demand, creates: Bool, deadline: Duration) async throws(SequencerError) -> Obtained {
        let ticket: Ticket
        switch ask({ $0.join(demand, creates: creates, deadline: deadline, now: $1) }) {
        case .served(let runs): return .served(runs)
        case .gone: return .gone
        case .refused(let error): throw error
        case .waiting(let number): ticket = number
        }
        while true {
            switch await park(ticket) {
            case .failed(let error):
                if error == .cancelled { leave(ticket) }
                throw error
            case .ready where Task.isCancelled:
                leave(ticket)
                throw .cancelled
            case .ready:
                switch ask({ $0.claim(ticket, now: $1) }) {
                case .served(let runs): return .served(runs)
                case .waiting: continue
                case .gone: return .gone
                }
            }
        }
    }

    private func leave(_ ticket: Ticket) {
        apply { $0.leave(ticket, now: $1) }
        // It may have been woken after it was cancelled and before it left.
        withState { $0.waiting.decided[ticket] = nil }
    }

    /// Suspends the caller until its waiting ends.
    private func park(_ ticket: Ticket) async -> SegmentChain.Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let decided = withState { state -> SegmentChain.Wake? in
                    if let decided = state.waiting.decided.removeValue(forKey: ticket) { return decided }
                    // Looked at under the lock: a cancellation that comes later finds the continuation.
                    if Task.isCancelled { return .failed(.cancelled) }
                    state.waiting.parked[ticket] = continuation
                    return nil
                }
                if let decided { continuation.resume(returning: decided) }
            }
        } onCancel: {
            let continuation = withState { $0.waiting.parked.removeValue(forKey: ticket) }
            continuation?.resume(returning: .failed(.cancelled))
        }
    }

    // MARK: - What others do to the sequence

    /// The life of the sequence, what it was asked to be, and the highest number that may be in use; nil if not open.
    var known: (life: Life, options: SequenceOptions, highest: Int64)? {
        withState { state in
            guard state.chain.phase == .open, let life = state.chain.life else { return nil }
            return (life, state.chain.options, state.chain.highestKnown)
        }
    }

    /// What is known of the present life, for a store that lost it.
    var memory: LifeMemory? { withState { $0.chain.memory } }

    func ended(_ life: Life) { apply { $0.ended(life, now: $1) } }

    func forget(_ life: Life) { apply { $0.forget(life, now: $1) } }

    func moved(to record: SequenceRecord) { apply { $0.moved(to: record, now: $1) } }

    /// See ``SegmentChain/changeBegins()``.
    func changeBegins() -> Bool { withState { $0.chain.changeBegins() } }

    func changeEnded() { apply { $0.changeEnded(now: $1) } }

    /// Has the sequence leave memory if it is idle. Answers whether it is about to.
    @discardableResult
    func sweep() -> Bool {
        ask { chain, _ in
            let actions = chain.sweep()
            return (!actions.isEmpty, actions)
        }
    }

    /// A deadline that was watched has come.
    func expire(_ deadline: Duration) {
        withState { if $0.waiting.deadline == deadline { $0.waiting.forgetDeadline() } }
        apply { $0.expire(now: $1) }
    }

    func stop() { apply { $0.stop(now: $1) } }

    /// How many requests the shell holds something for; none, when nobody waits.
    var undelivered: Int { withState { $0.waiting.parked.count + $0.waiting.decided.count } }

    /// What there is to tell of the sequence in memory.
    func snapshot() -> SequenceSnapshot {
        let now = runner.environment.now()
        return withState { SequenceSnapshot($0.chain, now: now) }
    }

    // MARK: - The shell

    /// Every way to the chain but that of the windows: what was lent is settled first.
    private func withState<Result>(_ body: (inout State) -> Result) -> Result {
        box.withLockedValue { state in
            if state.window != nil { state.settle() }
            return body(&state)
        }
    }

    /// Lets an event happen to the chain, under the lock, and then performs what follows from it.
    private func apply(_ event: (inout SegmentChain, _ now: Duration) -> [SegmentChain.Action]) {
        ask { ((), event(&$0, $1)) }
    }

    /// The same for an event that the chain answers.
    private func ask<Answer>(
        _ event: (inout SegmentChain, _ now: Duration) -> (Answer, [SegmentChain.Action])
    ) -> Answer {
        let now = runner.environment.now()
        let (answer, actions, woken, deadline) = withState { state in
            let (answer, actions) = event(&state.chain, now)
            let woken = state.decide(actions)
            return (answer, actions, woken, state.deadlineToWatch())
        }
        // First what is told, then whom it is about: whoever has a number finds it counted.
        for action in actions { perform(action) }
        for (continuation, wake) in woken { continuation.resume(returning: wake) }
        if let deadline { watch(until: deadline) }
        return answer
    }

    /// Has somebody tell when a deadline has come. Whoever left memory meanwhile need not be told.
    private func watch(until deadline: Duration) {
        let watched = runner.watch.add(self, until: deadline)
        let isOver = withState { state in
            let isOver = state.chain.phase == .gone
            if !isOver, state.waiting.deadline == deadline { state.waiting.watched = watched }
            return isOver
        }
        if isOver { watched.forget() }
    }

    private func perform(_ action: SegmentChain.Action) {
        switch action {
        case .wake: break
        case .report(let event): runner.report(event)
        case .gone:
            runner.onGone(self)
            withState { $0.waiting.watched.take() }?.forget()
        case .begin(let errand): runner.environment.spawn { await self.run(errand) }
        case .pause(let duration):
            runner.environment.spawn {
                // Nobody cancels this task; without the pause the errand would just begin earlier.
                try? await self.runner.environment.sleep(duration)
                self.apply { $0.pauseEnded(now: $1) }
            }
        }
    }

    private func run(_ errand: SegmentChain.Errand) async {
        let outcome = await runner.run(errand, of: name, memory: memory)
        apply { $0.finished(errand, outcome, now: $1) }
    }
}

extension SequenceAllocator.Waiting {
    fileprivate mutating func forgetDeadline() { (deadline, watched) = (nil, nil) }
}

extension SequenceAllocator.State {
    /// Closes the window, and has the chain take note of what was taken from it.
    fileprivate mutating func settle() {
        guard let window = window.take() else { return }
        chain.settle(taken: window.close())
    }

    /// The next deadline, if nobody watches it yet nor an earlier one.
    fileprivate mutating func deadlineToWatch() -> Duration? {
        guard let next = chain.line.nextDeadline, waiting.deadline.map({ next < $0 }) ?? true else { return nil }
        waiting.deadline = next
        return next
    }

    /// Settles, still under the lock, how the waiting of requests ended, so that one that leaves meanwhile is not met.
    fileprivate mutating func decide(
        _ actions: [SegmentChain.Action]
    ) -> [(CheckedContinuation<SegmentChain.Wake, Never>, SegmentChain.Wake)] {
        var woken: [(CheckedContinuation<SegmentChain.Wake, Never>, SegmentChain.Wake)] = []
        for case .wake(let tickets, let wake) in actions {
            for ticket in tickets {
                if let continuation = waiting.parked.removeValue(forKey: ticket) {
                    woken.append((continuation, wake))
                } else {
                    waiting.decided[ticket] = wake
                }
            }
        }
        return woken
    }
}
