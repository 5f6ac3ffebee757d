import Ordinal

// What a scenario lets happen.

extension World {
    func perform(_ what: Scenario.What) {
        switch what {
        case .request(let node, let name, let request, let clients):
            for _ in 0..<clients { ask(node, name, request) }
        case .fault(let node, let call, let fault):
            guard running[node] != nil, !isHealed else { return }
            // Few at a time, so that each still has to do with what was going on.
            if faults[node].count < 4 { faults[node].append((call, fault)) }
        case .outage(let outage, let duration): begin(outage, duration)
        case .goBack(let depth, let home): goBack(by: depth, home)
        case .crash(let node, let down): crash(node, down: down)
        case .pause(let node, let duration): pause(node, duration)
        case .stop(let node, let down): stop(node, down: down)
        case .breakJournal(let node, let duration): breakJournal(node, duration)
        }
    }

    private func begin(_ outage: SimulatedStore.Outage, _ duration: Duration) {
        guard store.outage == nil, !isHealed else { return }
        note("for \(duration.text) \(outage.rawValue)")
        count(.outages)
        store.outage = outage
        scheduler.after(duration) { [self] in
            note("the store is back")
            store.outage = nil
        }
    }

    private func breakJournal(_ node: Int, _ duration: Duration) {
        guard !journals[node].isBroken, !isHealed else { return }
        note("the journal of node \(node) fails for \(duration.text)")
        journals[node].isBroken = true
        scheduler.after(duration) { [self] in journals[node].isBroken = false }
    }
}
