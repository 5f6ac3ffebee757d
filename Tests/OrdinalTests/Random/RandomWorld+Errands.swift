import SeededRandom

@testable import Ordinal

// How the store of a random world answers, and how it fails.

extension RandomWorld {
    /// The errand of a node goes on: the store performs it, or its reply comes, or it fails.
    mutating func goOn(_ index: Int) throws {
        guard nodes[index].errand != nil else { return }
        if nodes[index].errand?.outcome == nil, random.chance(50) {
            perform(index)
        } else {
            try finish(index, isFaulty: plan.isFaulty && random.chance(30))
        }
    }

    mutating func finish(_ index: Int, isFaulty: Bool) throws {
        guard var errand = nodes[index].errand else { return }
        if isFaulty {
            if errand.outcome == nil, random.chance(50) {
                errand.outcome = .failed(.unavailable("away"))
            } else {
                if errand.outcome == nil, random.chance(50) { late.append(errand) }
                if case .create = errand.what, let live = store.contents.live { begun.insert(live.life) }
                errand.outcome = .failed(.unknownOutcome("the reply was lost"))
            }
        } else if errand.outcome == nil {
            perform(index)
            errand = nodes[index].errand ?? errand
        }
        nodes[index].errand = nil
        guard let outcome = errand.outcome else { return }
        countReply(errand.what, outcome, index)
        try perform(index, "finished with \(outcome)") { chain, now in chain.finished(errand.what, outcome, now: now) }
    }

    /// Numbers of a life that is over are nobody's, and no gap.
    private mutating func countReply(_ what: SegmentChain.Errand, _ outcome: SegmentChain.Outcome, _ index: Int) {
        if case .reserve(let reservation) = what {
            if case .opened = outcome { uncounted.insert(reservation.life) }
            if case .failed(.unknownOutcome) = outcome, plan.goesBack { uncounted.insert(reservation.life) }
        }
        if case .opened(let record, _) = outcome, record.origin > 0 { uncounted.insert(record.life) }
    }

    /// The store performs the errand of a node; the reply is on its way.
    private mutating func perform(_ index: Int) {
        guard let what = nodes[index].errand?.what else { return }
        let outcome = performed(what, for: index)
        note("the store answers node \(index): \(outcome)")
        nodes[index].errand?.outcome = outcome
    }

    /// What ``ErrandRunner`` does, over this store.
    private mutating func performed(_ what: SegmentChain.Errand, for index: Int) -> SegmentChain.Outcome {
        let journal = plan.hasJournal ? nodes[index].journal : []
        do {
            switch what {
            case .open:
                let known = journal.last
                switch store.find(known: known?.life) {
                case .live(let record):
                    return .opened(record, floor: journal.first { $0.life == record.life }?.floor ?? .min)
                case .absent: return .absent
                case .lost(let instead):
                    guard let known else { return .absent }
                    return .opened(try mend(LifeMemory(known, heard: .min), instead), floor: known.floor)
                }
            case .create:
                if random.chance(5) { return .refused(.creationRefused("a limit")) }
                let life = newLife()
                do {
                    let options = SequenceOptions.sample(
                        increment: plan.increment, maximum: plan.maximum < .max >> 2 ? plan.maximum / 2 : plan.maximum)
                    let record = try store.create("a", life: life, at: 0, options: options)
                    begun.insert(life)
                    return .opened(record, floor: .min)
                } catch .exists(let record) {
                    return .opened(record, floor: journal.first { $0.life == record.life }?.floor ?? .min)
                }
            case .reserve(var reservation):
                if random.chance(10), reservation.count > 1 {
                    reservation = Reservation(
                        name: reservation.name, life: reservation.life,
                        count: Int64.random(in: 1..<reservation.count, using: &random), above: reservation.above,
                        heard: reservation.heard, failoverOffset: reservation.failoverOffset, stamp: reservation.stamp)
                }
                do {
                    let reserved = try store.reserve(reservation)
                    nodes[index].keep(
                        JournalEntry(
                            life: reservation.life, floor: reserved.segment.last, options: nodes[index].chain.options))
                    return .reserved(reserved, in: .zero)
                } catch .lost(let instead) {
                    let known = LifeMemory(
                        JournalEntry(
                            life: reservation.life, floor: reservation.above, options: nodes[index].chain.options),
                        heard: reservation.heard)
                    return .opened(try mend(known, instead), floor: reservation.above)
                }
            case .release(let segment):
                nodes[index].keep(
                    JournalEntry(
                        life: segment.life, floor: segment.first - segment.increment,
                        options: nodes[index].chain.options))
                return .released(try store.release(segment))
            }
        } catch {
            return .failed(error)
        }
    }

    private mutating func mend(_ memory: LifeMemory, _ instead: SequenceRecord?) throws(StoreError) -> SequenceRecord {
        let known = memory.entry
        let ceiling = max(known.floor, memory.heard, 0) + (policy.failoverOffset ?? 0) * known.options.increment
        guard ceiling <= known.options.maximum else { throw .exhausted(maximum: known.options.maximum) }
        uncounted.insert(known.life)
        if let instead {
            return try store.restart("a", from: instead.life, to: known.life, at: ceiling, options: known.options)
        }
        return try store.create("a", life: known.life, at: ceiling, options: known.options)
    }

    /// A call that was given up arrives at last.
    mutating func arriveLate() {
        guard let index = late.indices.randomElement(using: &random) else { return }
        let errand = late.remove(at: index)
        note("late: \(errand.what)")
        switch errand.what {
        case .reserve(let reservation): _ = try? store.reserve(reservation)
        case .release(let segment): _ = try? store.release(segment)
        case .create:
            let life = newLife()
            let options = SequenceOptions.sample(increment: plan.increment, maximum: plan.maximum)
            _ = try? store.create("a", life: life, at: 0, options: options)
        case .open: break
        }
    }

    // MARK: - A store that goes back

    mutating func keepCopy() {
        copy = (store.contents, Set(store.highest.keys))
        let live = store.contents.live
        note("copy: \(String(describing: live))")
    }

    /// Goes back to the copy, on another server, if that loses fewer numbers than the failover offset.
    ///
    /// A life of which no node and no journal knows is lost without a trace, so the copy must have every life.
    mutating func goBack() throws {
        guard let copy, let offset = policy.failoverOffset else { return }
        if let old = copy.contents.live {
            guard let highest = store.highest[old.life], highest - old.ceiling < offset else { return }
        }
        let isSeen = plan.hasJournal && plan.nodes == 1
        guard isSeen || copy.lives == Set(store.highest.keys) else { return }
        for life in store.highest.keys { uncounted.insert(life) }
        // A delete that the store no longer knows brings the old life back, which is right for a store that went back.
        store.contents = copy.contents
        let word = random.next()
        store.home = Home(rawValue: "home \(word)")
        late = []
        self.copy = nil
        note("the store goes back to \(String(describing: copy.contents.live))")
    }
}
