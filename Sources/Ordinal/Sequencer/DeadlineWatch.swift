import NIOConcurrencyHelpers

/// Ends the waiting of requests whose time is over: one task for all sequences of a node.
///
/// A sequence that leaves memory meanwhile, because there is none of that name, is forgotten, and so is its place in the queue
/// as soon as half of all are: ``Watched/forget()``. (A weak reference would do that by itself, and make every retain of the
/// sequence slower for ever, also on the way of each number.)
final class DeadlineWatch: Sendable {
    /// A sequence and the time at which it is to be told.
    final class Watched: Sendable {
        let deadline: Duration
        private let allocator: NIOLockedValueBox<SequenceAllocator?>

        fileprivate init(_ allocator: SequenceAllocator, until deadline: Duration) {
            self.allocator = NIOLockedValueBox(allocator)
            self.deadline = deadline
        }

        /// Whether it is not to be told any more.
        var isForgotten: Bool { allocator.withLockedValue { $0 == nil } }

        /// Lets the sequence go.
        func forget() { allocator.withLockedValue { $0 = nil } }

        fileprivate func tell() { allocator.withLockedValue { $0.take() }?.expire(deadline) }
    }

    fileprivate struct State {
        /// Sorted by their deadlines, from `first` on.
        var entries: [Watched] = []
        var first = 0
        var isRunning = false
        /// With so many entries it is time to let go of those that are forgotten.
        var limit = DeadlineWatch.smallestLimit
    }

    /// Fewer entries than this are worth no look.
    private static let smallestLimit = 1_024

    /// How long the task looks away at most: a new deadline may lie before all others, and is told so much later.
    private static let longestPause = Duration.milliseconds(100)
    /// How long it leaves those alone whom it has told: many whose deadlines lie close together are told at once.
    private static let shortestPause = Duration.milliseconds(5)

    private let environment: Environment
    private let state = NIOLockedValueBox(State())

    init(_ environment: Environment) { self.environment = environment }

    /// How many sequences are watched.
    var count: Int { state.withLockedValue { $0.entries.count - $0.first } }

    /// Tells `allocator` when `deadline` has come.
    func add(_ allocator: SequenceAllocator, until deadline: Duration) -> Watched {
        let watched = Watched(allocator, until: deadline)
        let mustRun = state.withLockedValue { state in
            state.insert(watched)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustRun { environment.spawn { await self.run() } }
        return watched
    }

    private func run() async {
        while let deadline = state.withLockedValue({ $0.nextDeadline() }) {
            let pause = min(deadline - environment.now(), Self.longestPause)
            // Nobody cancels this task; without the pause it would only look earlier.
            if pause > .zero { try? await environment.sleep(pause) }
            let now = environment.now()
            let due = state.withLockedValue { $0.takeDue(now) }
            for watched in due { watched.tell() }
            if !due.isEmpty { try? await environment.sleep(Self.shortestPause) }
        }
    }
}

extension DeadlineWatch.State {
    fileprivate mutating func insert(_ entry: DeadlineWatch.Watched) {
        if entries.count >= limit {
            entries.removeFirst(first)
            first = 0
            entries.removeAll(where: \.isForgotten)
            // What is left is looked at again when it has doubled, so that each entry is looked at once on average.
            limit = max(DeadlineWatch.smallestLimit, 2 * entries.count)
        }
        // Nearly always the end: everybody may wait for the same time.
        var index = entries.endIndex
        while index > first, entries[index - 1].deadline > entry.deadline { index -= 1 }
        entries.insert(entry, at: index)
    }

    /// The deadline to wait for; nil if the task may end.
    fileprivate mutating func nextDeadline() -> Duration? {
        while first < entries.endIndex, entries[first].isForgotten { first += 1 }
        guard first < entries.endIndex else {
            entries = []
            first = 0
            isRunning = false
            return nil
        }
        return entries[first].deadline
    }

    /// Takes out those whose deadline has come.
    fileprivate mutating func takeDue(_ now: Duration) -> [DeadlineWatch.Watched] {
        let end = entries[first...].firstIndex { $0.deadline > now } ?? entries.endIndex
        let due = Array(entries[first..<end])
        first = end
        // What was taken out goes when it is half of all, so that each entry is moved once on average.
        if first > entries.count / 2 {
            entries.removeFirst(first)
            first = 0
        }
        return due
    }
}
