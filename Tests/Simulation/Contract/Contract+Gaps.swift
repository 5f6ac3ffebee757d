import Ordinal

// Every number that a node got was handed out, given back, or counted as a gap.

extension Contract {
    /// Takes in what the engine says of itself.
    mutating func reports(_ event: SequencerEvent, on node: Int) {
        switch event {
        case .opened(let name, let life):
            // Another node may have brought it back, if the store went back.
            books[node].over.remove(life)
            books[node].current[name] = life
        case .ended(let name, let life):
            books[node].over.insert(life)
            if books[node].current[name] == life { books[node].current[name] = nil }
            // The numbers of a life that is over are nobody's, and no gap.
            books[node].ledgers[life] = nil
            disturb(name, on: node)
        case .gap(let name, let reason, let count):
            count > 0 ? gap(name, reason, count, node) : fail(.gaps, "node \(node) counts a gap of \(count)")
        case .wentBack(let name, _): seesLoss(of: name, on: node)
        case .mended(let name, _, _):
            seesLoss(of: name, on: node)
            disturb(name, on: node)
        // With a journal that is required, a segment that came in is thrown away: which one, nobody can tell.
        case .journalFailed(let name, _):
            books[node].unaccounted.insert(name)
            badlyJournaled.insert(name)
        case .evicted, .refilled, .failed, .historyWentBack, .storeIsAway, .storeIsBack,
            .fellBack, .fallbackUnprepared, .timedOut:
            break
        }
    }

    private mutating func gap(_ name: SequenceName, _ reason: GapReason, _ count: Int64, _ node: Int) {
        switch reason {
        case .runDidNotFit: break
        case .movedForward, .notGivenBack: disturb(name, on: node)
        // Those never came in.
        case .lostReply, .mending, .clientGone, .allotmentUnused: return
        }
        guard let life = books[node].current[name], !books[node].over.contains(life) else { return }
        books[node].ledgers[life, default: .init()].gaps += count
    }

    /// A node stopped cleanly: nothing may be left.
    mutating func checkStopped(_ node: Int) {
        for (name, life) in books[node].current.sorted(by: { $0.key < $1.key }) {
            guard !books[node].unaccounted.contains(name), !excused.contains(life) else { continue }
            guard let ledger = books[node].ledgers[life], ledger.rest != 0 else { continue }
            fail(
                .gaps,
                """
                node \(node) stopped, and of \(ledger.received) numbers of \(name) it handed out \(ledger.served), gave \
                \(ledger.givenBack) back and counted \(ledger.gaps) as gaps
                """)
        }
    }

    /// A node dies. What it loses may not be more than what it has in hand and what may be on its way.
    ///
    /// On its way is what the call under way is about, which is more than a segment while requests wait.
    ///
    /// - Returns: How many numbers are lost.
    mutating func checkCrash(_ node: Int, _ snapshot: SequenceSnapshot, isStopping: Bool) -> Int64 {
        let book = books[node]
        guard let life = snapshot.life, book.current[snapshot.name] == life, !book.unaccounted.contains(snapshot.name)
        else { return 0 }
        let lost = (book.ledgers[life]?.rest ?? 0) + (book.refills[snapshot.name] ?? 0)
        guard !isStopping, !excused.contains(life) else { return lost }
        let onItsWay = max(snapshot.segmentSize, snapshot.onTheirWay)
        if lost > snapshot.inHand + onItsWay {
            fail(
                .crashGap,
                """
                node \(node) crashed and lost up to \(lost) numbers of \(snapshot.name); it had \(snapshot.inHand) in hand \
                and \(onItsWay) on their way
                """)
        }
        return lost
    }
}
