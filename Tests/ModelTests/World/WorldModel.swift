@testable import Ordinal

/// The world as a system that a ``Checker`` explores.
struct WorldModel: TransitionSystem {
    let shared: World.Shared

    init(_ bound: Bound, without broken: Rule? = nil) {
        shared = World.Shared(bound, without: broken)
    }

    var initial: World { World(shared) }
    var goals: Int { shared.bound.nodes }

    func steps(from world: World) -> [Step] {
        var steps: [Step] = []
        for index in world.nodes.indices {
            let node = world.nodes[index]
            if node.ticket == nil, node.chain?.isStopping != true { steps.append(.ask(index)) }
            if node.chain?.duty == .paused { steps.append(.retry(index)) }
            if let call = node.call {
                if call.answer != nil { steps.append(.answer(index)) }
                if call.answer == nil, world.isWithinBound(call) { steps.append(.store(index)) }
            }
            if let call = node.change {
                if call.answer != nil { steps.append(.answerChange(index)) }
                if call.answer == nil, world.isWithinBound(call) { steps.append(.storeChange(index)) }
            }
        }
        if world.uncommitted != nil {
            steps.append(.commit)
        } else {
            steps += world.late.indices.map { .late($0) }
        }
        if world.events < shared.bound.events {
            let kinds = shared.bound.kinds
            steps += events(in: world).filter { kinds?.contains($0.kind) ?? true }
        }
        return steps
    }

    private func events(in world: World) -> [Step] {
        var steps: [Step] = []
        for index in world.nodes.indices {
            let node = world.nodes[index]
            if let call = node.call, call.answer == nil, world.isWithinBound(call) {
                steps.append(.giveUp(index))
                if case .release = call.request { steps.append(.repeatRelease(index)) }
            }
            if let call = node.change, call.answer == nil { steps.append(.giveUpChange(index)) }
            if !node.isDown { steps.append(.crash(index)) }
            if !node.journal.isEmpty, mayLoseJournal(world) { steps.append(.crashWithoutJournal(index)) }
            if node.chain?.isStopping == false { steps.append(.stop(index)) }
            if node.chain?.phase == .open, node.ticket == nil, node.call == nil { steps.append(.evict(index)) }
            if world.mayChange(index) { steps += [.delete(index), .set(index)] }
        }
        for depth in 1...shared.bound.depth {
            if world.mayGoBack(by: depth, toNewHome: true) { steps.append(.failOver(depth)) }
            if world.mayGoBack(by: depth, toNewHome: false) { steps.append(.restore(depth)) }
            if shared.bound.restoresTogether, world.past.count >= depth, world.nodes.allSatisfy(\.isDown) {
                steps.append(.restoreTogether(depth))
            }
        }
        return steps
    }

    /// One node alone rests on its journal, and so do all after a restore that only they have noticed.
    private func mayLoseJournal(_ world: World) -> Bool {
        !shared.bound.keepsContract || (!world.isFragile && world.nodes.count > 1)
    }

    func take(_ step: Step, from world: World) -> World {
        var world = world
        world.notes = []
        world.take(step)
        return world
    }

    func violation(in world: World) -> String? { world.ledger.violation }

    func isProgress(_ step: Step) -> Bool {
        switch step {
        case .late: false
        default: !step.isEvent
        }
    }

    func reaches(_ goal: Int, from world: World, to next: World) -> Bool {
        next.nodes[goal].served > world.nodes[goal].served
    }

    /// A node whose next reservation lies beyond the bound: one more, and what follows from it, must serve it.
    func reachesBeyondBound(_ goal: Int, from world: World) -> Bool {
        guard let call = world.nodes[goal].call, call.answer == nil, !world.isWithinBound(call) else { return false }
        var following = world
        for _ in 0..<12 where following.ledger.violation == nil {
            let node = following.nodes[goal]
            if node.served > world.nodes[goal].served { return true }
            if let call = node.call {
                following.take(call.answer == nil ? .store(goal) : .answer(goal))
            } else {
                following.take(node.chain?.duty == .paused ? .retry(goal) : .ask(goal))
            }
        }
        return false
    }
}
