import NIOConcurrencyHelpers

/// All sequences of a node over one store.
///
/// ```swift
/// let sequencer = Sequencer(store: store, journal: journal)
/// let number = try await sequencer.next(SequenceName("orders"), creates: true).first
/// ```
///
/// A program that keeps a sequencer for long also calls ``run()``, which lets idle sequences leave memory and hears what
/// other nodes change. In the end ``shutDown(within:)`` gives back what was not handed out.
public final class Sequencer: Sendable {
    /// What keeps the ceilings.
    public let store: any SequenceStore
    /// How the sequencer behaves.
    public let policy: SequencerPolicy

    struct Directory {
        var table = AllocatorTable()
        var isStopping = false
    }

    let directory = NIOLockedValueBox(Directory())
    let runner: ErrandRunner
    let fallback = Fallback()
    let environment: Environment
    let report: @Sendable (SequencerEvent) -> Void
    /// How many numbers could not be given back, or were lost on their way here.
    let notGivenBack = NIOLockedValueBox<Int64>(0)

    /// Makes a sequencer. It reaches for the store when the first sequence is asked for.
    ///
    /// - Parameters:
    ///   - store: What keeps the ceilings.
    ///   - journal: What remembers floors across restarts. Without one, a store that was restored while this node was
    ///     down is noticed only if it shows a new home.
    ///   - policy: How to behave.
    ///   - environment: Where time, tasks and chance come from.
    ///   - report: Is told what happens, for logs and metrics. It must not block.
    public init(
        store: any SequenceStore, journal: (any Journal)? = nil, policy: SequencerPolicy = SequencerPolicy(),
        environment: Environment = .system, report: @escaping @Sendable (SequencerEvent) -> Void = { _ in }
    ) {
        self.store = store
        self.policy = policy
        self.environment = environment
        let report: @Sendable (SequencerEvent) -> Void = { [notGivenBack] event in
            if case .gap(_, let reason, let count) = event, reason == .notGivenBack || reason == .lostReply {
                notGivenBack.withLockedValue { $0 += count }
            }
            report(event)
        }
        self.report = report
        runner = ErrandRunner(
            store: store, journal: journal, policy: policy, environment: environment, report: report
        ) { [directory] allocator in directory.withLockedValue { $0.table.remove(allocator) } }
    }

    /// Those in memory know where they are to be taken out; without a sequencer nobody asks for them there.
    deinit { directory.withLockedValue { $0.table = AllocatorTable() } }

    // MARK: - Numbers

    /// The live sequence of this name, if it is in memory: the way to numbers without waiting.
    public func live(_ name: RawSpan) -> SequenceAllocator? {
        name.withUnsafeBytes { name in
            let hash = AllocatorTable.hash(name)
            // Long names are far away in memory. Everybody comes here, and nobody should wait while another one reads there.
            let candidate = directory.withLockedValue { $0.table.candidate(hash) }
            guard let candidate, !candidate.isNamed(name) else { return candidate }
            return directory.withLockedValue { $0.table.allocator(of: name, hash: hash) }
        }
    }

    /// Takes the next number, or a contiguous run of `count` numbers, waiting for them if they are not at hand.
    ///
    /// With ``SequencerPolicy/fallback``, those who have waited in vain get numbers that belong to no sequence.
    ///
    /// - Parameters:
    ///   - name: The sequence.
    ///   - count: How many numbers, from 1 to ``SequencerPolicy/maximumRun``.
    ///   - creates: Whether to create the sequence, beginning at 1, if there is none.
    ///   - limit: How long to wait at most, if less than ``SequencerPolicy/wait``.
    public func next(
        _ name: SequenceName, count: Int64 = 1, creates: Bool = false, within limit: Duration? = nil
    ) async throws(SequencerError) -> Run {
        guard count >= 1, count <= policy.maximumRun else {
            throw .invalidRun(count, maximum: policy.maximumRun)
        }
        // Whoever takes those numbers takes them from nodes that are to start.
        guard name != .fallbackStarts else { throw .reserved }
        let runs: [Run]
        do throws(SequencerError) {
            (_, runs) = try await obtain(name, Demand(count), creates: creates, within: limit)
        } catch {
            return try fallBack(name, count: count, after: error)
        }
        guard let run = runs.first else { preconditionFailure("a request for numbers is served with numbers") }
        return run
    }

    /// Takes `count` numbers, in as many runs as it takes: nothing has to be passed over for it.
    ///
    /// None is taken before all of them are there, so a request that fails has cost none.
    public func numbers(
        _ name: SequenceName, count: Int64, creates: Bool = false, within limit: Duration? = nil
    ) async throws(SequencerError) -> [Run] {
        guard count >= 1, count <= policy.maximumRun else {
            throw .invalidRun(count, maximum: policy.maximumRun)
        }
        guard name != .fallbackStarts else { throw .reserved }
        do throws(SequencerError) {
            return try await obtain(name, Demand(count, inPieces: true), creates: creates, within: limit).1
        } catch {
            return [try fallBack(name, count: count, after: error)]
        }
    }

    /// The sequence of this name, brought into memory if it is not there.
    func open(_ name: SequenceName) async throws(SequencerError) -> SequenceAllocator {
        try await obtain(name, 0, creates: false).0
    }

    private func obtain(
        _ name: SequenceName, _ demand: Demand, creates: Bool, within limit: Duration? = nil
    ) async throws(SequencerError) -> (SequenceAllocator, [Run]) {
        let limit = min(limit ?? policy.wait, policy.wait)
        let deadline = environment.now() + limit
        do throws(SequencerError) {
            while true {
                let allocator = try allocator(of: name)
                switch try await allocator.obtain(demand, creates: creates, deadline: deadline) {
                case .served(let runs): return (allocator, runs)
                // It left memory after it was looked up. Its own farewell may still be under way.
                case .gone: remove(allocator)
                }
            }
        } catch .timedOut(_, let reason) {
            // The sequence knows who waits for how much longer, and not for how long that was to be.
            throw .timedOut(after: limit, reason: reason)
        }
    }

    private func allocator(of name: SequenceName) throws(SequencerError) -> SequenceAllocator {
        let found: Result<SequenceAllocator, SequencerError> = directory.withLockedValue { directory in
            if let allocator = directory.table[name] { return .success(allocator) }
            if directory.isStopping { return .failure(.stopping) }
            guard directory.table.count < policy.maximumLive else {
                return .failure(.overloaded("\(policy.maximumLive) sequences are in memory"))
            }
            let allocator = SequenceAllocator(name: name, runner: runner)
            directory.table.insert(allocator)
            return .success(allocator)
        }
        return try found.get()
    }

    private func remove(_ allocator: SequenceAllocator) {
        directory.withLockedValue { $0.table.remove(allocator) }
    }

    /// Counts numbers that a front took and could not deliver.
    public func abandoned(_ count: Int64, of name: SequenceName, because reason: GapReason) {
        report(.gap(name, reason, count: count))
    }

    // MARK: - What there is to tell

    /// All sequences in memory.
    public func snapshots() -> [SequenceSnapshot] {
        directory.withLockedValue { $0.table.all }.map { $0.snapshot() }
    }

    /// The sequence of this name as it is in memory, if it is.
    public func snapshot(of name: SequenceName) -> SequenceSnapshot? {
        inMemory(name)?.snapshot()
    }

    /// Whoever has this name at this moment.
    func inMemory(_ name: SequenceName) -> SequenceAllocator? { directory.withLockedValue { $0.table[name] } }

    /// How many sequences are in memory.
    public var liveCount: Int { directory.withLockedValue { $0.table.count } }
}
