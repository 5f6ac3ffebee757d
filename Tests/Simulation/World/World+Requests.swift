import Ordinal

// Clients of the nodes.

extension World {
    /// Lets a client ask a node for something, if the node is up.
    func ask(_ index: Int, _ nameIndex: Int, _ request: Scenario.Request, mustSucceed: Bool = false) {
        guard let node = running[index], let sequencer = node.sequencer, !node.isStopping else { return }
        let name = scenario.names[nameIndex]
        let task = node.spawn { [self] in
            guard !node.isDead else { return }
            let client = Client(world: self, node: node, sequencer: sequencer, name: name)
            await client.perform(request, mustSucceed: mustSucceed)
        }
        if case .next(_, _, let delay?) = request {
            scheduler.after(delay) { [self] in
                guard !node.isDead else { return }
                count(.cancelled)
                task.cancel()
            }
        }
    }
}
