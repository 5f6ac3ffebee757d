@testable import Ordinal

// A store that lost what it had confirmed: what the contract covers, and what it does not.

extension World {
    /// Whether the contract covers that the store goes back to what it held before so many changes.
    ///
    /// Less than the offset is lost, and it shows: by another home, by a row that is gone, or because every node has in its
    /// journal that it was higher. One node alone may lose anything.
    func mayGoBack(by depth: Int, toNewHome isNew: Bool) -> Bool {
        guard past.count >= depth else { return false }
        guard shared.bound.keepsContract else { return true }
        let contents = past[past.count - depth].contents
        for (life, entry) in ledger.lives where !contents.tombstones.contains(life) {
            let record = contents.live?.life == life ? contents.live : nil
            // A SET among numbers that were reserved raises no ceiling: the same server without it looks as it did.
            if !isNew, let record, record.origin < entry.origin { return false }
            guard entry.peak > record?.ceiling ?? 0 else { continue }
            if nodes.count == 1, isKnownToAll(life, above: record?.ceiling ?? 0) { continue }
            let isShown = isNew || record.map { $0.home != homeNow } ?? true
            guard isShown || isKnownToAll(life, above: record?.ceiling ?? 0) else { return false }
            guard entry.peak - (record?.ceiling ?? 0) < offset else { return false }
        }
        return true
    }

    private func isKnownToAll(_ life: Life, above ceiling: Int64) -> Bool {
        nodes.allSatisfy { !$0.isReserving && $0.floor(of: life) ?? .min > ceiling }
    }

    /// Goes back and cuts all connections: what had not been done by then is not done.
    mutating func goBack(by depth: Int, toNewHome isNew: Bool) {
        contents = past[past.count - depth].contents
        past.removeLast(depth)
        uncommitted = nil
        late = []
        if isNew { home += 1 } else { isFragile = true }
        for node in nodes.indices {
            if nodes[node].call != nil, nodes[node].call?.answer == nil {
                nodes[node].call?.answer = .failed(.unknownOutcome("the connection is gone"))
            }
            if nodes[node].change != nil, nodes[node].change?.answer == nil {
                nodes[node].change?.answer = .failed(.unknownOutcome("the connection is gone"))
            }
        }
        ledger.isCounted = false
        ledger.wentBack = true
        let text = contents.text
        note(text)
    }

    /// Store and journals are what they were before so many changes. Nothing is left that could tell.
    mutating func goBackTogether(by depth: Int) {
        let journals = past[past.count - depth].journals
        goBack(by: depth, toNewHome: false)
        for node in nodes.indices { nodes[node].journal = journals[node] }
        if shared.bound.operatorAdvances, let life = contents.live?.life {
            commit(.advance(life, to: 0, .by(offset)))
        }
    }
}
