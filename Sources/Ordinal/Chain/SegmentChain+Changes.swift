// What others do to a sequence: deletes, restarts, SETs and advances, here or on another node; eviction and stop.

extension SegmentChain {
    /// A life is over. Its numbers are dropped at once; whoever waits learns what comes after it.
    mutating func ended(_ life: Life, now: Duration) -> [Action] {
        guard self.life == life, phase == .open else { return [] }
        return ended(life) + proceed(now)
    }

    mutating func ended(_ life: Life) -> [Action] {
        self.life = nil
        dropAll()
        return [.report(.ended(name, life))]
    }

    /// Those who were promised numbers that are dropped go back in line by claiming in vain.
    private mutating func dropAll() {
        dropped += inHand.removeAll()
        phase = .opening
        isExhausted = false
        failure = nil
        if duty == .paused { duty = .none }
    }

    /// The outcome of a delete or a restart is unknown: nothing that is here may be used, and nothing given back.
    mutating func forget(_ life: Life, now: Duration) -> [Action] {
        guard self.life == life, phase == .open else { return [] }
        let lost = gap(.notGivenBack, inHand.count)
        dropAll()
        return lost + proceed(now)
    }

    /// The store confirmed another origin or other options.
    mutating func moved(to record: SequenceRecord, now: Duration) -> [Action] {
        guard phase == .open, life == record.life else { return [] }
        options = record.options
        ceiling = max(ceiling, record.ceiling)
        if record.ceiling < options.maximum { isExhausted = false }
        return cut(upTo: record.origin) + proceed(now)
    }

    /// Drops every number up to `number`, in hand or still on its way.
    mutating func cut(upTo number: Int64) -> [Action] {
        origin = max(origin, number)
        ceiling = max(ceiling, number)
        let cut = inHand.cut(upTo: number)
        dropped += cut
        return gap(.movedForward, cut)
    }

    /// This node begins a change that tells the store how far the sequence went. Until it has ended nothing is given back:
    /// the change would arrive at a ceiling below that, and take the store for one that went back.
    ///
    /// - Returns: Whether to come back with ``changeEnded(now:)``.
    mutating func changeBegins() -> Bool {
        guard phase == .open else { return false }
        line.holds += 1
        return true
    }

    /// See ``changeBegins()``.
    mutating func changeEnded(now: Duration) -> [Action] {
        line.holds -= 1
        return proceed(now)
    }

    /// An idle sequence leaves memory: never with a request that waits, nor with an errand or a change under way.
    ///
    /// Idle is one from which nothing was taken between two sweeps.
    mutating func sweep() -> [Action] {
        defer { issuedAtSweep = issued }
        guard phase == .open, issued == issuedAtSweep, line.isIdle else { return [] }
        if case .underWay = duty { return [] }
        return [.report(.evicted(name))] + close()
    }

    /// The node stops: what is left is given back as soon as the errand under way has ended.
    mutating func stop(now: Duration) -> [Action] {
        isStopping = true
        return proceed(now)
    }

    /// Takes out what is left and begins to give it back. From here on none of it can be handed out.
    mutating func close() -> [Action] {
        var (remainder, floor, lost) = inHand.takeRemainder()
        // A reservation that arrives late must not find the ceiling below what it lies above: that would be a store that
        // went back.
        if let whole = remainder, whole.first <= unanswered {
            remainder = whole.above(unanswered)
            floor = unanswered
            lost += whole.count - (remainder?.count ?? 0)
        }
        dropped += lost + (remainder?.count ?? 0)
        let actions = gap(.notGivenBack, lost)
        duty = .none
        // Numbers that are given back are there again.
        isExhausted = false
        guard let remainder else { return actions + leaveMemory() }
        phase = .closing
        self.floor = floor
        return actions + [begin(.release(remainder))]
    }

    /// The release has ended, whatever came of it: a sequence that somebody asked for meanwhile is looked up anew.
    mutating func closed(_ actions: [Action]) -> [Action] {
        phase = .opening
        return actions
    }
}
