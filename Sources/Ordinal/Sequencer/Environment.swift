/// Where the engine takes time, tasks and chance from, and nowhere else, so that a simulation can run the real code.
public struct Environment: Sendable {
    /// The time since some fixed moment. It never goes back and counts while the machine sleeps.
    public var now: @Sendable () -> Duration
    /// Suspends the caller for some time, or throws when its task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Starts work that nobody waits for.
    public var spawn: @Sendable (@escaping @Sendable () async -> Void) -> Void
    /// A uniformly random word.
    public var random: @Sendable () -> UInt64

    public init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        spawn: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.sleep = sleep
        self.spawn = spawn
        self.random = random
    }

    /// The machine itself: its clock, Swift's tasks, the operating system's random numbers.
    public static let system: Environment = {
        let start = ContinuousClock.now
        return Environment(
            now: { start.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) },
            spawn: { work in Task { await work() } },
            random: {
                var generator = SystemRandomNumberGenerator()
                return generator.next()
            })
    }()
}
