import Ordinal

// A store that loses what it had confirmed: a replica that lags, an old backup, a master that comes back.

extension World {
    /// Goes back if that is within the contract.
    ///
    /// What is within it, for each life of which reservations would be lost:
    /// 1. One node with a journal that works may lose anything at any time: what it must stay above stands in its journal.
    /// 2. Otherwise less than the failover offset is lost, and the loss shows itself: another server answers than the one
    ///    that the record names, or the record is gone, or every node knows from memory or journal that it was higher.
    /// 3. Beyond the offset only if every node is up, has the sequence in memory and has heard how far the others went.
    ///
    /// Where the loss shows itself only by what the nodes know (in 3, and in 2 on the same server), none of them may forget it
    /// before the next reservation, which makes it good: none may crash, or lose the answer to a release or a change. And on
    /// the same server no SET may raise the ceiling first, so that it is not seen to be too low. Where one of this happens,
    /// the life is out of the contract.
    func goBack(by depth: Int, _ next: SimulatedStore.NextHome) {
        guard !isHealed else { return }
        let state = store.state(before: depth)
        let home = store.home(next)
        var losses = 0
        var lostRows = 0
        var newlyFragile: Set<Life> = []
        for (life, peak) in contract.peaks {
            // Numbers of a life that had ended by then do not come back.
            if state.tombstones.contains(life) { continue }
            let record = state.live.values.first { $0.life == life }
            let ceiling = record?.ceiling ?? 0
            guard peak > ceiling else { continue }
            losses += 1
            if record == nil { lostRows += 1 }
            if scenario.nodes == 1, scenario.journals.isReliable { continue }
            let isShown = record.map { $0.home != home } ?? true
            let isVisible = isShown || isKnownToAll(life, above: ceiling)
            let (offset, isHuge) = scenario.offset.multipliedReportingOverflow(by: record?.options.increment ?? 1)
            if isVisible, isHuge || peak - ceiling < offset {
                if !isShown { newlyFragile.insert(life) }
                continue
            }
            guard isVisible, record != nil, isHeardByAll(life, peak) else { return count(.outside) }
            newlyFragile.insert(life)
            count(.secondLoss)
        }
        fragile.formUnion(newlyFragile)
        count(.lostNumbers, losses)
        count(.lostRows, lostRows)
        switch next {
        case .new: count(.failovers)
        case .same: count(.restores)
        case .former: count(.failbacks)
        }
        if losses > 0 { hasLostNumbers = true }
        store.goBack(by: depth, next)
        contract.storeWentBack()
        note("the store goes back by \(depth) changes, on \(home): \(text)")
    }

    private var text: String {
        let records = store.contents.live.sorted { $0.key < $1.key }.map { name, record in
            "\(name) at \(record.ceiling), life \(record.life), \(record.home)"
        }
        return records.isEmpty ? "nothing is there" : records.joined(separator: "; ")
    }

    /// Whether every node, in memory or in its journal, has numbers of a life above `ceiling`, or never had any.
    private func isKnownToAll(_ life: Life, above ceiling: Int64) -> Bool {
        (0..<scenario.nodes).allSatisfy { node in
            guard scenario.journals.isReliable else { return false }
            // A reservation under way is not known yet.
            guard contract.books[node].refills.isEmpty, let floor = journals[node].floor(of: life) else { return false }
            return floor > ceiling
        }
    }

    private func isHeardByAll(_ life: Life, _ peak: Int64) -> Bool {
        // A sequence that leaves memory takes with it what was heard.
        guard scenario.policy.idle > .seconds(60) else { return false }
        return running.allSatisfy { node in
            guard let node, !node.isStopping, let snapshots = node.sequencer?.snapshots() else { return false }
            return snapshots.contains { $0.life == life && max($0.ceiling ?? .min, $0.floor ?? .min) >= peak }
        }
    }

    /// A node forgets what it knew of a life.
    func forgets(_ life: Life) {
        guard fragile.contains(life) else { return }
        count(.outside)
        contract.excuse(life)
    }
}
