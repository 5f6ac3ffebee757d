import SeededRandom

/// Which faults come and when, as a seed decides.
struct FaultPlan: Sendable {
    private var random: SeededRandom
    private let nodes: Int
    private let servers: Int

    /// - Parameter servers: How many servers of the store are reached through proxies.
    init(seed: UInt64, nodes: Int, servers: Int) {
        random = SeededRandom(seed: seed)
        (self.nodes, self.servers) = (nodes, servers)
    }

    /// How long nothing happens before the next fault.
    mutating func calm() -> Duration { random.milliseconds(50...1000) }

    /// The next fault.
    mutating func next() -> Fault {
        let kinds: [FaultKind] =
            servers > 0 ? [.kill, .kill, .pause, .stop, .cut, .stall, .refuse, .loseReplies] : [.kill, .pause, .stop]
        let kind = kinds[random.next(below: kinds.count)]
        let node = random.next(below: nodes)
        let server = servers > 0 ? random.next(below: servers) : 0
        // Sometimes none at all: things go wrong while others are being put right.
        let rest = random.next(below: 4) == 0 ? Duration.zero : random.milliseconds(0...3000)
        // Now and then a server of the store is lost to everybody.
        let isForAll = random.next(below: 3) == 0
        switch kind {
        case .kill, .stop:
            return Fault(
                kind: kind, nodes: [node], server: server, duration: random.milliseconds(0...1500), rest: rest)
        case .pause:
            return Fault(
                kind: kind, nodes: [node], server: server, duration: random.milliseconds(50...4000), rest: rest)
        case .cut, .stall, .refuse, .loseReplies:
            // Mostly short; some longer than a runway, a call's time limit or a request's patience.
            let limit = [200, 1500, 3000, 8000][random.next(below: 4)]
            let affected = isForAll ? Array(0..<nodes) : [node]
            return Fault(
                kind: kind, nodes: affected, server: server, duration: random.milliseconds(50...limit), rest: rest)
        }
    }
}
