@testable import Ordinal

// What tells two worlds apart. The engine keeps some of it to itself: that is told by what it would do.

extension WorldModel {
    func key(of world: World) -> [UInt8] {
        var key = KeyWriter()
        key.put(world.contents)
        key.put(world.uncommitted != nil)
        if let contents = world.uncommitted { key.put(contents) }
        key.put([world.home, world.reservations, world.events, Int(world.lifeCount), world.isFragile ? 1 : 0])
        key.put(world.past.count)
        for past in world.past {
            key.put(past.contents)
            for journal in past.journals { key.put(journal) }
        }
        key.put(world.late.count)
        // In whichever order they were given up, each may arrive at any time.
        let late = world.late.map { request in
            var part = KeyWriter()
            part.put(request)
            return part.bytes
        }
        for part in late.sorted(by: { $0.lexicographicallyPrecedes($1) }) { key.bytes += part }
        key.put(world.ledger)
        let lives = world.ledger.lives.keys.sorted { $0.words.low < $1.words.low }
        var nodes = world.nodes.indices.map { index in
            var part = KeyWriter()
            part.put(world.nodes[index])
            for life in lives { part.put(world.ledger.highest[index][life] ?? 0) }
            if world.ledger.isCounted { part.put(world.ledger.asked.contains(index)) }
            return part.bytes
        }
        // Nodes differ by nothing but their names, unless their journals are kept apart.
        if !shared.bound.restoresTogether { nodes.sort { $0.lexicographicallyPrecedes($1) } }
        for part in nodes { key.bytes += part }
        return key.bytes
    }
}

extension KeyWriter {
    mutating func put(_ ledger: Ledger) {
        for (life, entry) in ledger.lives.sorted(by: { $0.key.words.low < $1.key.words.low }) {
            put(life)
            put(bits: entry.handedOut)
            put([entry.peak, entry.origin])
        }
        put(ledger.wentBack)
        put(ledger.isCounted)
        if ledger.isCounted {
            put(ledger.isExact)
            put(ledger.gaps)
        }
    }

    mutating func put(_ node: Node) {
        put(node.ticket != nil)
        put(node.journal)
        put(node.chain != nil)
        if let chain = node.chain { put(chain) }
        put(node.call != nil)
        if let call = node.call { put(call) }
        put(node.change != nil)
        if let call = node.change { put(call) }
    }

    private mutating func put(_ chain: SegmentChain) {
        put(chain.life)
        put([chain.floor, chain.ceiling, chain.origin, chain.unanswered])
        put(chain.isStopping)
        put([.opening, .open, .closing, .gone].firstIndex(of: chain.phase) ?? 0)
        put(chain.duty == .paused)
        put(chain.received > 0)
        put(chain.failure != nil)
        put(chain.failure?.issued == chain.issued)
        put([chain.runway.lowWater, chain.runway.rate(issued: chain.issued, now: .zero) > 0 ? 1 : 0])
        var inHand = chain.inHand
        put(inHand.count)
        guard inHand.count > 0 else { return }
        var atStop = inHand
        while let run = inHand.takeUpTo(.max) {
            put(run.life)
            put([run.first, run.count])
        }
        let (remainder, floor, lost) = atStop.takeRemainder()
        put([floor, lost])
        if let remainder { put(remainder) }
    }
}
