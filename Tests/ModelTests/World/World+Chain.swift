@testable import Ordinal

// What happens to the chain of a node, which is the engine's, and what its actions lead to.

extension World {
    /// Lets an event happen to a chain. Time stands still: nothing here depends on it.
    ///
    /// - Parameter before: What is done with the result before the actions are performed.
    mutating func event(
        _ node: Int, _ body: (inout SegmentChain) -> [SegmentChain.Action], before: (inout World) -> Void = { _ in }
    ) {
        guard var chain = nodes[node].chain else { return }
        // Setting it first leaves the chain the only owner of its arrays.
        nodes[node].chain = nil
        shared.setStamp(reservations + 1)
        let actions = body(&chain)
        nodes[node].chain = chain
        before(&self)
        var woken: SegmentChain.Wake?
        for action in actions {
            switch action {
            case .begin(let errand): begin(errand, node)
            case .pause: break
            case .wake(let tickets, let wake):
                if let ticket = nodes[node].ticket, tickets.contains(ticket) { woken = wake }
            case .report(.gap(_, let reason, let count)):
                ledger.gaps += count
                note("\(Step.name(node)) counts a gap of \(count): \(reason)")
            case .report: break
            case .gone: nodes[node].chain = nil
            }
        }
        switch woken {
        case .ready: claim(node)
        case .failed: nodes[node].ticket = nil
        case nil: break
        }
    }

    /// A request asks for one number. A node that does not have the sequence in memory looks it up.
    mutating func ask(_ node: Int) {
        if nodes[node].chain == nil {
            nodes[node].chain = SegmentChain(name: StoreContents.name, settings: shared.settings, now: .zero)
        }
        ledger.asked.insert(node)
        var joining: SegmentChain.Joining?
        event(node) { chain in
            let (result, actions) = chain.join(1, creates: true, deadline: .seconds(1), now: .zero)
            joining = result
            return actions
        } before: {
            switch joining {
            case .served(let runs): $0.handOut(runs, node)
            case .waiting(let ticket): $0.nodes[node].ticket = ticket
            case .refused, .gone, nil: break
            }
        }
    }

    private mutating func claim(_ node: Int) {
        guard let ticket = nodes[node].ticket else { return }
        var result: SegmentChain.Claim?
        event(node) { chain in
            let (claim, actions) = chain.claim(ticket, now: .zero)
            result = claim
            return actions
        } before: {
            switch result {
            case .served(let runs):
                $0.nodes[node].ticket = nil
                $0.handOut(runs, node)
            case .gone: $0.nodes[node].ticket = nil
            case .waiting, nil: break
            }
        }
    }

    private mutating func handOut(_ runs: [Run], _ node: Int) {
        for run in runs {
            guard let life = run.life else { preconditionFailure("a number of a sequence has a life") }
            for number in run {
                note("\(Step.name(node)) hands out \(number)")
                nodes[node].served += 1
                ledger.handOut(number, of: life, by: node)
            }
        }
    }
}
