import Ordinal
import SeededRandom

extension Scenario {
    /// The scenario of a seed.
    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let kind: Kind =
            switch random.pick(100) {
            case 0..<12: .calm
            case 12..<50: .faulty
            case 50..<92: .goesBack
            default: .losesTwice
            }
        let nodes =
            switch kind {
            case .losesTwice: random.pick(2...3)
            case .calm, .faulty, .goesBack: [1, 1, 2, 2, 2, 3][random.pick(6)]
            }
        let journals: Journals =
            switch random.pick(100) {
            case 0..<10 where kind != .calm: .failing
            case 10..<18 where kind != .calm: .required
            case 18..<24: .off
            default: .reliable
            }
        let end = Duration.seconds(random.pick(3...25))
        let names = Array(Self.allNames.prefix(random.pick(1...3)))
        var events = EventMaker(kind: kind, nodes: nodes, names: names.count, journals: journals, end: end)
        self.init(
            seed: seed, kind: kind, nodes: nodes, names: names, policy: Self.policy(kind, &random), journals: journals,
            order: random.chance(70) ? .random : random.pick(from: Scheduler.Order.allCases),
            latency: random.pick(from: [200, 2_000, 20_000]), fewer: kind != .calm && random.chance(30) ? 20 : 0,
            events: events.make(&random), end: end)
    }

    private static let allNames: [SequenceName] = ["a", "café", "orders:2"].map {
        do { return try SequenceName($0) } catch { preconditionFailure("\($0) is a name: \(error)") }
    }

    private static func policy(_ kind: Kind, _ random: inout SeededRandom) -> SequencerPolicy {
        var policy = SequencerPolicy()
        policy.wait = .milliseconds(random.pick(from: [2_500, 3_000, 5_000]))
        policy.runway = random.microseconds(1_000...2_000_000)
        policy.segmentSize =
            random.chance(50)
            ? .fixed(random.pick(1...20 as ClosedRange<Int64>))
            : .adaptive(minimum: random.pick(1...8 as ClosedRange<Int64>), maximum: 64)
        policy.maximumRun = 40
        policy.maximumWaiters = random.pick(from: [3, 50, 1_000])
        policy.failoverOffset = random.chance(85) ? 2_000 : nil
        // A sequence that stays in memory hears of everything.
        policy.idle = kind == .losesTwice ? .seconds(600) : .seconds(random.pick(from: [1, 3, 600]))
        policy.concurrentOpenings = random.pick(1...3)
        policy.changePolling = .milliseconds(random.pick(from: [100, 500]))
        if random.chance(20) { policy.fallback = .all }
        return policy
    }
}

extension Scenario.Journals {
    /// The policy that goes with them.
    var isRequired: Bool { self == .required }
    /// Whether each floor that is needed stands in them.
    var isReliable: Bool { self == .reliable || self == .required }
}
