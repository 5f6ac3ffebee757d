import Ordinal
import SeededRandom

/// One run of a node, from its start to its crash or stop: its tasks, its memory, its part of the clock.
///
/// Unchecked for the reason that holds for its ``Scheduler``.
final class RunningNode: @unchecked Sendable {
    /// Which node it is.
    let node: Int
    let lane: Lane
    let scheduler: Scheduler
    /// The engine; nil once the node is dead.
    var sequencer: Sequencer?
    /// A node that stops gets no more requests.
    var isStopping = false
    /// What a program on this node keeps for as long as it runs.
    private var handles: [SequenceName: SequenceHandle] = [:]
    /// How many of its tasks have not ended.
    private(set) var tasks = 0
    private(set) var isDead = false
    private var random: SeededRandom
    private var pending: [UInt64: () -> Void] = [:]
    private var nextPending: UInt64 = 0

    init(node: Int, lane: Lane, scheduler: Scheduler, seed: UInt64) {
        self.node = node
        self.lane = lane
        self.scheduler = scheduler
        random = SeededRandom(seed: seed)
    }

    /// What the engine takes time, tasks and chance from.
    var environment: Environment {
        Environment(
            now: { self.now },
            sleep: { try await self.sleep($0) },
            spawn: { work in self.spawn { await work() } },
            random: {
                self.scheduler.checkThread()
                return self.random.next()
            })
    }

    /// For the dead all deadlines have passed, those too that they still set themselves, so that their tasks end.
    var now: Duration {
        scheduler.checkThread()
        guard isDead else { return scheduler.now }
        afterlife += .seconds(1)
        return scheduler.now + afterlife
    }
    private var afterlife = Duration.seconds(1_000_000)

    func takeByHandle(_ name: SequenceName) -> Int64? {
        guard let sequencer else { return nil }
        return handles[name, default: sequencer.handle(name)].take()
    }

    @discardableResult
    func spawn(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        scheduler.checkThread()
        tasks += 1
        return Task(executorPreference: lane) {
            await work()
            self.tasks -= 1
        }
    }

    private func sleep(_ duration: Duration) async throws {
        scheduler.checkThread()
        let hasSlept = await wait(ifKilled: false) { resume in
            self.scheduler.after(max(duration, .zero)) { resume(true) }
        }
        if !hasSlept { throw CancellationError() }
    }

    /// Suspends the caller until something calls what `begin` is given, or the node dies.
    func wait<Value: Sendable>(
        ifKilled value: Value, _ begin: (@escaping (Value) -> Void) -> Void
    ) async -> Value {
        scheduler.checkThread()
        guard !isDead else { return value }
        let id = nextPending
        nextPending += 1
        return await withCheckedContinuation { continuation in
            pending[id] = { continuation.resume(returning: value) }
            begin { answer in
                guard self.pending.removeValue(forKey: id) != nil else { return }
                continuation.resume(returning: answer)
            }
        }
    }

    /// Ends the node at once. Its tasks run to their ends in a world where nothing works any more and nobody listens.
    ///
    /// - Returns: Whether they came to their ends.
    func kill() -> Bool {
        isDead = true
        lane.isDead = true
        for id in pending.keys.sorted() { pending.removeValue(forKey: id)?() }
        let isOver = scheduler.drain(lane) && tasks == 0
        sequencer = nil
        handles = [:]
        return isOver
    }
}
