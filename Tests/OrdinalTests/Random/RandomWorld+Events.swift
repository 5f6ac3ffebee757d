import SeededRandom

@testable import Ordinal

// What happens to the nodes of a random world.

extension RandomWorld {
    /// Lets an event happen to a chain and keeps what it asks for.
    mutating func perform(
        _ index: Int, _ what: String, _ event: (inout SegmentChain, Duration) -> [SegmentChain.Action]
    ) throws {
        if !what.isEmpty { note("node \(index): \(what)") }
        let life = nodes[index].chain.life
        try absorb(event(&nodes[index].chain, now), index, life)
    }

    private mutating func absorb(_ actions: [SegmentChain.Action], _ index: Int, _ life: Life?) throws {
        for action in actions {
            switch action {
            case .begin(let errand):
                guard nodes[index].errand == nil else { throw Violation(description: "two errands at once") }
                note("node \(index) begins \(errand)")
                nodes[index].errand = RandomNode.Errand(what: errand)
            case .pause(let duration):
                guard duration > .zero, duration <= .milliseconds(500) else {
                    throw Violation(description: "a pause of \(duration)")
                }
                nodes[index].pauses.append(now + duration)
            case .wake(let tickets, let wake):
                for ticket in tickets {
                    guard nodes[index].waiting[ticket] != nil else {
                        throw Violation(description: "\(ticket) is woken, which does not wait")
                    }
                    switch wake {
                    case .ready:
                        guard nodes[index].ready.insert(ticket).inserted else {
                            throw Violation(description: "\(ticket) is told twice that it is ready")
                        }
                    case .failed(let error):
                        note("node \(index) tells \(ticket): \(error)")
                        guard !nodes[index].ready.contains(ticket) else {
                            throw Violation(description: "\(ticket) was ready and fails")
                        }
                        nodes[index].waiting[ticket] = nil
                    }
                }
            case .report(let event):
                note("node \(index) reports \(event)")
                // Learned from a reservation, maybe, and not by hearing of it.
                if case .ended = event { nodes[index].isDisturbed = true }
                if let gap = event.gap, let life { gaps[life, default: 0] += gap.count }
            case .gone:
                note("node \(index): gone")
                nodes[index].isGone = true
                // Those who were ready learn it when they claim.
                for ticket in nodes[index].ready { nodes[index].waiting[ticket] = nil }
                nodes[index].ready = []
            }
        }
    }

    private func life(_ index: Int) throws -> Life {
        guard let life = nodes[index].chain.life else { throw Violation(description: "numbers without a life") }
        return life
    }

    // MARK: - Requests

    mutating func take(_ index: Int) throws {
        let mustWait = nodes[index].chain.line.unready > 0
        let number = nodes[index].chain.take()
        try refill(index)
        guard let number else { return }
        guard !mustWait else { throw Violation(description: "\(number) was taken in front of those who wait") }
        try handOut(Run(life: life(index), first: number, count: 1, increment: plan.increment), index, life(index))
    }

    mutating func takeInPieces(_ index: Int) throws {
        let count = Int64.random(in: 1...40, using: &random)
        let mustWait = nodes[index].chain.line.unready > 0
        let runs = nodes[index].chain.take(inPieces: count)
        note("node \(index) takes \(count) in pieces: \(runs as Any)")
        try refill(index)
        guard let runs else { return }
        guard !mustWait else { throw Violation(description: "\(runs) were taken in front of those who wait") }
        try serve(runs, Demand(count, inPieces: true), index)
    }

    private mutating func refill(_ index: Int) throws {
        guard nodes[index].chain.isRefillDue else { return }
        try perform(index, "") { chain, now in chain.proceed(now) }
        guard case .underWay = nodes[index].chain.duty else {
            throw Violation(description: "a refill was due and did not begin")
        }
    }

    mutating func join(_ index: Int) throws {
        let count = random.chance(60) ? 1 : Int64.random(in: 0...policy.maximumRun, using: &random)
        let demand = Demand(count, inPieces: random.chance(40))
        let creates = random.chance(60)
        let mustWait = nodes[index].chain.line.unready > 0
        let (joining, actions) = nodes[index].chain.join(
            demand, creates: creates, deadline: now + policy.wait, now: now)
        note("node \(index) joins for \(demand): \(joining)")
        if case .waiting(let ticket) = joining { nodes[index].waiting[ticket] = demand }
        if case .served(let runs) = joining {
            guard !mustWait || count == 0 else {
                throw Violation(description: "a request was served in front of those who wait")
            }
            try serve(runs, demand, index)
        }
        try absorb(actions, index, nodes[index].chain.life)
    }

    private mutating func serve(_ runs: [Run], _ demand: Demand, _ index: Int) throws {
        guard runs.reduce(0, { $0 + $1.count }) == demand.count, !demand.isRun || runs.count == 1 else {
            throw Violation(description: "\(runs) for \(demand)")
        }
        for run in runs { try handOut(run, index, life(index)) }
    }

    mutating func claim(_ index: Int) throws {
        guard let ticket = nodes[index].ready.sorted().randomElement(using: &random) else { return }
        try claim(index, ticket)
    }

    mutating func claim(_ index: Int, _ ticket: Ticket) throws {
        guard nodes[index].ready.remove(ticket) != nil, let demand = nodes[index].waiting[ticket] else { return }
        let (claim, actions) = nodes[index].chain.claim(ticket, now: now)
        note("node \(index): \(ticket) claims \(demand): \(claim)")
        switch claim {
        case .served(let runs):
            nodes[index].waiting[ticket] = nil
            try serve(runs, demand, index)
        case .waiting:
            guard nodes[index].isDisturbed else {
                throw Violation(description: "node \(index): what was promised to \(ticket) was taken by others")
            }
        case .gone: nodes[index].waiting[ticket] = nil
        }
        try absorb(actions, index, nodes[index].chain.life)
        if nodes[index].ready.isEmpty { nodes[index].isDisturbed = false }
    }

    mutating func leave(_ index: Int) throws {
        guard let ticket = nodes[index].waiting.keys.sorted().randomElement(using: &random) else { return }
        nodes[index].waiting[ticket] = nil
        nodes[index].ready.remove(ticket)
        try perform(index, "\(ticket) leaves") { chain, now in chain.leave(ticket, now: now) }
    }

    mutating func endPause(_ index: Int) throws {
        guard let first = nodes[index].pauses.firstIndex(where: { $0 <= now }) else { return }
        nodes[index].pauses.remove(at: first)
        try perform(index, "pause ended") { chain, now in chain.pauseEnded(now: now) }
    }

    mutating func sweep(_ index: Int) throws {
        let chain = nodes[index].chain
        try perform(index, "sweep") { chain, _ in chain.sweep() }
        let hasClosed = nodes[index].chain.phase != chain.phase
        guard !hasClosed || (chain.line.isEmpty && nodes[index].errand?.what != nil || nodes[index].isGone) else {
            throw Violation(description: "evicted while it was in use")
        }
    }

    // MARK: - What others do

    mutating func moveForward(_ index: Int) throws {
        guard nodes[index].chain.phase == .open, let life = nodes[index].chain.life else { return }
        let known = nodes[index].chain.highestKnown
        let number = max(known, 0) + Int64.random(in: 1...60, using: &random)
        let record: SequenceRecord
        do { record = try store.advance(life, to: number) } catch { return }
        note("SET to \(number)")
        try tell(record, number)
    }

    mutating func changeMaximum(_ index: Int) throws {
        guard let live = store.contents.live, plan.maximum < SequenceOptions.highestNumber else { return }
        let maximum = min(plan.maximum, live.options.maximum + Int64.random(in: 0...50, using: &random))
        do {
            let record = try store.change(live.life, maximum: maximum)
            note("maximum \(maximum)")
            try tell(record, nil)
        } catch is StoreError {}
    }

    /// Some nodes hear of a change at once, others do not.
    private mutating func tell(_ record: SequenceRecord, _ number: Int64?) throws {
        for other in nodes.indices where random.chance(70) {
            nodes[other].isDisturbed = true
            let isHeard = nodes[other].chain.phase == .open && nodes[other].chain.life == record.life
            try perform(other, "moved") { chain, now in chain.moved(to: record, now: now) }
            if isHeard, let number {
                nodes[other].passed[record.life] = max(nodes[other].passed[record.life] ?? .min, number)
            }
        }
    }

    mutating func endLife(_ index: Int) throws {
        guard let life = nodes[index].chain.life, nodes[index].chain.phase == .open else { return }
        let options = nodes[index].chain.options
        do {
            if random.chance(50) {
                guard try store.delete(life) else { return }
            } else {
                let next = newLife()
                _ = try store.restart("a", from: life, to: next, at: 0, options: options)
                begun.insert(next)
            }
        } catch { return }
        note("ended \(life.rawValue)")
        for other in nodes.indices where other == index || random.chance(60) {
            nodes[other].isDisturbed = true
            try perform(other, "hears of the end") { chain, now in chain.ended(life, now: now) }
        }
    }

    mutating func forget(_ index: Int) throws {
        guard let life = nodes[index].chain.life else { return }
        nodes[index].isDisturbed = true
        try perform(index, "forget") { chain, now in chain.forget(life, now: now) }
    }

    /// The node dies. Its journal, and what the store may still do for it, remain.
    mutating func crash(_ index: Int) throws {
        note("node \(index) crashes")
        let chain = nodes[index].chain
        if let life = chain.life { gaps[life, default: 0] += chain.inHand.count }
        if let errand = nodes[index].errand {
            switch errand.what {
            case .reserve(let reservation): gaps[reservation.life, default: 0] += reservation.count + mendingBound
            case .release(let segment): gaps[segment.life, default: 0] += segment.count
            case .open, .create: if let life = chain.life { uncounted.insert(life) }
            }
            if errand.outcome == nil, random.chance(50) { late.append(errand) }
        }
        nodes[index].begin(policy: policy, now: now)
    }

    private var mendingBound: Int64 { plan.goesBack ? (policy.failoverOffset ?? 0) : 0 }
}
