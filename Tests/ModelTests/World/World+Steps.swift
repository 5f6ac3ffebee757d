@testable import Ordinal

extension World {
    mutating func take(_ step: Step) {
        if step.isEvent { events += 1 }
        switch step {
        case .ask(let node): ask(node)
        case .store(let node):
            let answer = nodes[node].call.map(\.request).map { commit($0) }
            nodes[node].call?.answer = answer
        case .answer(let node): finish(node)
        case .retry(let node): event(node) { $0.pauseEnded(now: .zero) }
        case .storeChange(let node):
            let answer = nodes[node].change.map { commit($0.request) }
            nodes[node].change?.answer = answer
        case .answerChange(let node): finishChange(node)
        case .late(let index): _ = commit(late.remove(at: index))
        case .commit:
            if let contents = uncommitted { commit(contents) }
            uncommitted = nil
        case .giveUp(let node):
            ledger.isExact = false
            abandon(nodes[node].call)
            nodes[node].call?.answer = .failed(.unknownOutcome("no answer came"))
            finish(node)
        case .giveUpChange(let node):
            ledger.isExact = false
            abandon(nodes[node].change)
            nodes[node].change?.answer = .failed(.unknownOutcome("no answer came"))
            finishChange(node)
        case .repeatRelease(let node):
            ledger.isExact = false
            if let request = nodes[node].call?.request { late.append(request) }
        case .crash(let node): crash(node)
        case .crashWithoutJournal(let node):
            crash(node)
            nodes[node].journal = []
        case .stop(let node): event(node) { $0.stop(now: .zero) }
        case .evict(let node):
            event(node) { chain in
                chain.issuedAtSweep = chain.issued
                return chain.sweep()
            }
        case .delete(let node):
            ledger.isCounted = false
            begin(delete: node)
        case .set(let node):
            ledger.isCounted = false
            begin(set: node)
        case .failOver(let depth): goBack(by: depth, toNewHome: true)
        case .restore(let depth): goBack(by: depth, toNewHome: false)
        case .restoreTogether(let depth): goBackTogether(by: depth)
        }
        if events == shared.bound.events { past = [] }
        if late.isEmpty, nodes.allSatisfy(\.isDown) { ledger.isQuiet(contents) }
    }

    private mutating func crash(_ node: Int) {
        ledger.isCounted = false
        abandon(nodes[node].call)
        abandon(nodes[node].change)
        nodes[node].call = nil
        nodes[node].change = nil
        nodes[node].ticket = nil
        nodes[node].chain = nil
    }

    /// Nobody waits for a call any more. It may still arrive.
    private mutating func abandon(_ call: Call?) {
        guard let call, call.answer == nil, call.request.changesSomething, isWithinBound(call) else { return }
        late.append(call.request)
    }
}
