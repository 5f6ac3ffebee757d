import Glibc
import NIOConcurrencyHelpers
import SeededRandom

/// Runs every task of a simulation on one thread, in an order that the seed decides, and owns the simulated clock.
///
/// Time passes in two ways: each step of a task takes some microseconds, and when no task can go on, the clock jumps to the
/// next timer.
///
/// Unchecked, because everything but `strays` belongs to the one thread that made the scheduler and runs it. Whoever comes
/// from another thread only leaves a mark in `strays`, which has a lock, and fails the run.
final class Scheduler: @unchecked Sendable {
    /// In which order tasks that can go on do so.
    enum Order: String, CaseIterable, Sendable {
        case random
        case firstFirst = "first come first"
        case lastFirst = "last come first"
    }

    private(set) var now = Duration.seconds(1_000)
    /// A digest of all that happened: equal for two runs if they are the same in every step.
    private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var steps = 0
    private var random: SeededRandom
    private let order: Order
    private var ready: [(lane: Lane, job: UnownedJob)] = []
    private var timers = TimerQueue()
    private let thread = pthread_self()
    private let strays = NIOLockedValueBox(0)

    init(seed: UInt64, order: Order) {
        random = SeededRandom(seed: seed)
        self.order = order
    }

    /// How often something of the engine ran on another thread.
    var strayCount: Int { strays.withLockedValue(\.self) }

    /// Takes note of a caller from another thread.
    func checkThread() {
        if pthread_equal(pthread_self(), thread) == 0 { strays.withLockedValue { $0 += 1 } }
    }

    /// Makes `value` a part of what two equal runs must have in common.
    func mix(_ value: UInt64) { fingerprint = (fingerprint ^ value) &* 0x100_0000_01B3 }

    func after(_ delay: Duration, _ action: @escaping () -> Void) { timers.add(at: now + delay, action) }

    // MARK: - Tasks

    func enqueue(_ job: UnownedJob, on lane: Lane) {
        guard pthread_equal(pthread_self(), thread) != 0 else {
            // The job is given up with the run that it spoiled.
            strays.withLockedValue { $0 += 1 }
            return
        }
        if lane.isPaused || lane.isDead { lane.parked.append(job) } else { ready.append((lane, job)) }
    }

    /// Lets the tasks of a lane stand still while the world goes on.
    func pause(_ lane: Lane) {
        lane.isPaused = true
        lane.parked += ready.filter { $0.lane === lane }.map(\.job)
        ready.removeAll { $0.lane === lane }
    }

    func wake(_ lane: Lane) {
        lane.isPaused = false
        ready += lane.parked.map { (lane, $0) }
        lane.parked = []
    }

    /// Runs the tasks of a lane that is dead to their ends, so that nothing is left of them.
    ///
    /// - Returns: Whether they came to their ends.
    func drain(_ lane: Lane) -> Bool {
        pause(lane)
        for _ in 0..<50_000 {
            guard !lane.parked.isEmpty else { return true }
            lane.run(lane.parked.removeFirst())
        }
        return false
    }

    // MARK: - Time

    /// Lets one thing happen, if one is left that happens before `end`.
    ///
    /// - Parameter onIdle: Is called when nothing more happens at the present time.
    func step(until end: Duration, onIdle: () -> Void) -> Bool {
        steps += 1
        if ready.isEmpty { onIdle() }
        if let due = timers.next, due <= now || ready.isEmpty {
            guard due <= end else {
                now = max(now, end)
                return false
            }
            now = max(now, due)
            timers.removeFirst()()
            return true
        }
        guard !ready.isEmpty else {
            now = max(now, end)
            return false
        }
        let (lane, job) = takeReady()
        now += random.microseconds(1...20)
        mix(UInt64(truncatingIfNeeded: lane.index << 32 | ready.count))
        mix(UInt64(truncatingIfNeeded: now.components.attoseconds))
        lane.run(job)
        return true
    }

    private func takeReady() -> (lane: Lane, job: UnownedJob) {
        switch order {
        case .firstFirst: return ready.removeFirst()
        case .lastFirst: return ready.removeLast()
        case .random:
            ready.swapAt(random.pick(ready.count), ready.count - 1)
            return ready.removeLast()
        }
    }

    /// Forgets every timer: the world ends.
    func end() { timers.removeAll() }
}

/// Where the tasks of one run of a node run.
///
/// Unchecked for the reason that holds for its ``Scheduler``.
final class Lane: TaskExecutor, @unchecked Sendable {
    let index: Int
    private let scheduler: Scheduler
    fileprivate(set) var isPaused = false
    var isDead = false
    fileprivate var parked: [UnownedJob] = []

    init(index: Int, _ scheduler: Scheduler) {
        self.index = index
        self.scheduler = scheduler
    }

    func enqueue(_ job: consuming ExecutorJob) { scheduler.enqueue(UnownedJob(job), on: self) }

    fileprivate func run(_ job: UnownedJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }
}
