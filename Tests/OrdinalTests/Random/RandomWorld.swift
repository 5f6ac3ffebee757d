import SeededRandom
import Testing

@testable import Ordinal

/// Several nodes with a chain each over one store of one sequence, driven at random, and held to the contract.
struct RandomWorld {
    /// What may happen in a run.
    struct Plan {
        var nodes = 3
        var hasJournal = true
        var isFaulty = true
        var changesLives = true
        var movesForward = true
        var goesBack = true
        var crashes = true
        var increment: Int64 = 1
        var maximum = SequenceOptions.highestNumber
        var steps = 300
    }

    /// What was found to be against the contract.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    let plan: Plan
    var random: SeededRandom
    let policy: SequencerPolicy
    var now = Duration.seconds(10)
    var store = ModelStore()
    var nodes: [RandomNode] = []
    /// Operations of the store that arrive late, after their senders gave up on them.
    var late: [RandomNode.Errand] = []
    /// A copy of the store that it may go back to.
    var copy: (contents: ModelStore.Contents, lives: Set<Life>)?
    var handedOut: [Life: Set<Int64>] = [:]
    var lives: UInt128 = 0
    /// Lives that began, as far as any node knows.
    var begun: Set<Life> = []
    /// How many numbers of a life are known never to be handed out, and lives for which that cannot be told.
    var gaps: [Life: Int64] = [:]
    var uncounted: Set<Life> = []
    /// What happened, if it is asked for.
    var log: [String]?

    init(_ plan: Plan, seed: UInt64) {
        self.plan = plan
        random = SeededRandom(seed: seed)
        var policy = SequencerPolicy()
        policy.failoverOffset = 2_000
        policy.wait = .seconds(5)
        policy.maximumRun = 30
        policy.maximumWaiters = 8
        policy.runway = .milliseconds(Int.random(in: 1...2_000, using: &random))
        policy.segmentSize =
            random.chance(50)
            ? .fixed(Int64.random(in: 1...20, using: &random))
            : .adaptive(minimum: Int64.random(in: 1...8, using: &random), maximum: 64)
        self.policy = policy
        for index in 0..<plan.nodes {
            nodes.append(RandomNode(index: index, policy: policy, now: now, seed: random.next()))
        }
    }

    mutating func newLife() -> Life {
        lives += 1
        return Life(rawValue: lives)
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if let count = log?.count { log?.append("\(count): \(text())") }
    }

    // MARK: - A run

    mutating func run() throws {
        for _ in 0..<plan.steps {
            try step()
            for index in nodes.indices { try check(index) }
        }
        try settle()
    }

    private mutating func step() throws {
        now += .microseconds(Int.random(in: 0...20_000, using: &random))
        let index = Int.random(in: nodes.indices, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: try take(index)
        case 25..<35: try takeInPieces(index)
        case 35..<47: try join(index)
        case 47..<57: try claim(index)
        case 57..<60: try leave(index)
        case 60..<75: try goOn(index)
        case 75..<82: try endPause(index)
        case 82..<84: try perform(index, "expire") { chain, now in chain.expire(now: now) }
        case 84..<87: try sweep(index)
        case 87: now += .milliseconds(Int.random(in: 1...3_000, using: &random))
        case 88..<90: if plan.movesForward { try moveForward(index) }
        case 90: if plan.movesForward { try changeMaximum(index) }
        case 91: if plan.changesLives { try endLife(index) }
        case 92: if plan.changesLives { try forget(index) }
        case 93: if plan.crashes { try crash(index) }
        case 94: if plan.crashes { try perform(index, "stop") { chain, now in chain.stop(now: now) } }
        case 95: if plan.goesBack { try goBack() }
        case 96: if plan.goesBack { keepCopy() }
        case 97..<100: arriveLate()
        default: break
        }
        // A chain that left memory is made anew by the next request. What happens to one node may let another's leave.
        for index in nodes.indices where nodes[index].isGone { nodes[index].begin(policy: policy, now: now) }
    }

    /// Lets the store answer and time pass: everybody's waiting ends, and a node that stops leaves nothing behind.
    private mutating func settle() throws {
        note("settle")
        for index in nodes.indices {
            var rounds = 0
            while !nodes[index].isGone {
                rounds += 1
                guard rounds < 500 else {
                    throw Violation(description: "node \(index) does not come to rest: \(nodes[index].chain)")
                }
                now += .milliseconds(100)
                if rounds > 60, !nodes[index].waiting.isEmpty {
                    throw Violation(description: "\(nodes[index].waiting) wait on node \(index) after 6 s")
                }
                if nodes[index].errand != nil { try finish(index, isFaulty: false) }
                try endPause(index)
                for ticket in nodes[index].ready.sorted() { try claim(index, ticket) }
                try perform(index, "expire") { chain, now in chain.expire(now: now) }
                if nodes[index].waiting.isEmpty, !nodes[index].chain.isStopping {
                    try perform(index, "stop") { chain, now in chain.stop(now: now) }
                }
                // Of a chain that left memory nothing is asked any more, but by those who were ready and learn it so.
                if !nodes[index].isGone { try check(index) }
            }
            guard nodes[index].waiting.isEmpty else {
                throw Violation(description: "\(nodes[index].waiting) were left on node \(index)")
            }
        }
        try account()
    }

    // MARK: - The contract

    mutating func handOut(_ run: Run, _ index: Int, _ life: Life) throws {
        note("node \(index) hands out \(run.first)…\(run.last) of \(life.rawValue)")
        for number in run.numbers {
            guard handedOut[life, default: []].insert(number).inserted else {
                throw Violation(description: "\(number) of \(life) was handed out twice, now by node \(index)")
            }
            guard number <= store.highest[life] ?? .min else {
                throw Violation(description: "\(number) of \(life) lies above every ceiling that was durable")
            }
            guard number >= 1, number <= SequenceOptions.highestNumber, number <= plan.maximum else {
                throw Violation(description: "\(number) of \(life) is out of range")
            }
            guard number > nodes[index].last[life] ?? .min else {
                throw Violation(description: "\(number) of \(life) does not lie above the one before on node \(index)")
            }
            guard number > nodes[index].passed[life] ?? .min else {
                throw Violation(description: "\(number) of \(life) was passed by a SET that node \(index) heard of")
            }
            nodes[index].last[life] = number
        }
        nodes[index].issued += run.count
    }

    private func check(_ index: Int) throws {
        let node = nodes[index]
        let chain = node.chain
        guard chain.issued == node.issued, chain.inHand.count >= 0, chain.dropped >= 0 else {
            throw Violation(
                description: """
                    node \(index) handed out \(node.issued), but \(chain.received) received − \(chain.dropped) dropped \
                    − \(chain.inHand.count) in hand is \(chain.issued)
                    """)
        }
        guard chain.line.count == node.waiting.count, chain.line.promised >= 0, chain.line.waitedFor >= 0 else {
            throw Violation(description: "node \(index): \(chain.line) and \(node.waiting)")
        }
        if case .underWay(let errand) = chain.duty {
            guard node.errand?.what == errand else {
                throw Violation(description: "node \(index) waits for \(errand), which nobody performs")
            }
        } else if node.errand != nil {
            throw Violation(description: "node \(index) forgot its errand")
        }
        if chain.phase == .open, !chain.line.isEmpty, node.ready.isEmpty, chain.duty == .none {
            throw Violation(description: "node \(index): requests wait and nothing is done for them")
        }
    }

    /// Whatever was reserved was handed out, or counted as a gap.
    private func account() throws {
        for (life, highest) in store.highest where !uncounted.contains(life) && store.contents.live?.life == life {
            guard let live = store.contents.live, highest > 0 else { continue }
            let numbers = max(live.ceiling, 0) / plan.increment
            let handed = Int64(handedOut[life]?.count ?? 0)
            let gaps = (gaps[life] ?? 0) + (store.leftOut[life] ?? 0) / plan.increment
            guard numbers <= handed + gaps else {
                throw Violation(
                    description:
                        "of \(numbers) numbers of \(life) \(handed) were handed out and \(gaps) counted as gaps")
            }
            let isClean = !plan.isFaulty && !plan.crashes && !plan.goesBack && !plan.movesForward && plan.nodes == 1
            guard !isClean || gaps + handed == numbers else {
                throw Violation(description: "\(life): \(numbers) numbers, \(handed) handed out, \(gaps) in gaps")
            }
        }
    }
}
