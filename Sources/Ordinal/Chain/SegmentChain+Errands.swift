// How errands end: what the store's answers do to a sequence.

extension SegmentChain {
    /// What came of an errand.
    enum Outcome {
        /// The sequence is there. The floor is what the journal remembers, `Int64.min` if nothing.
        case opened(SequenceRecord, floor: Int64)
        /// There is no such sequence.
        case absent
        /// A limit of this node stands against it.
        case refused(SequencerError)
        case reserved(Reserved, in: Duration)
        case released(Bool)
        case failed(StoreError)
    }

    /// The longest pause after errands that failed.
    static let longestPause = Duration.milliseconds(500)

    /// Takes in what came of the errand that was under way.
    mutating func finished(_ errand: Errand, _ outcome: Outcome, now: Duration) -> [Action] {
        precondition(duty == .underWay(errand), "one errand at a time")
        duty = .none
        var actions: [Action] = []
        switch outcome {
        case .opened(let record, let floor): actions = opened(record, floor: floor)
        case .absent: actions = absent()
        case .refused(let error):
            let refused = line.removeUnready { $0.creates || errand != .create }
            actions = [.wake(refused, .failed(error))]
        case .reserved(let reserved, let duration):
            guard case .reserve(let reservation) = errand else { preconditionFailure("an answer to another errand") }
            actions = self.reserved(reserved, for: reservation, in: duration)
        case .released(let given):
            guard case .release(let segment) = errand else { preconditionFailure("an answer to another errand") }
            if !given, life == segment.life { floor = segment.last }
            actions = closed(gap(.notGivenBack, given ? 0 : segment.count))
        case .failed(let error): actions = failed(errand, error)
        }
        return actions + proceed(now)
    }

    /// A pause after a failure is over. Without anybody who asks there is no hurry: the next request begins the errand.
    mutating func pauseEnded(now: Duration) -> [Action] {
        guard duty == .paused else { return [] }
        duty = .none
        guard phase == .opening || !line.isEmpty || issued != failure?.issued || isStopping else { return [] }
        return proceed(now)
    }

    private mutating func opened(_ record: SequenceRecord, floor journaled: Int64) -> [Action] {
        guard phase == .opening || (phase == .open && life == record.life) else { return [] }
        floor = life == record.life ? max(floor, journaled) : journaled
        recentSize = life == record.life ? max(recentSize, record.recentSize) : record.recentSize
        if life != record.life { unanswered = .min }
        failure = nil
        options = record.options
        // A sequence that was mended while it was open keeps what it has in hand: those numbers are its own all the same.
        guard phase == .opening else {
            ceiling = max(ceiling, record.ceiling)
            return []
        }
        phase = .open
        isExhausted = false
        ceiling = life == record.life ? max(ceiling, record.ceiling) : record.ceiling
        life = record.life
        origin = record.origin
        // They stand in nobody's way, and nobody in theirs.
        let lookers = line.makeReadyWithoutNumbers()
        return [.report(.opened(name, record.life))] + (lookers.isEmpty ? [] : [.wake(lookers, .ready)])
    }

    private mutating func absent() -> [Action] {
        guard phase == .opening else { return [] }
        failure = nil
        let wantsCreation = line.wantsCreation
        let disappointed = line.removeUnready(before: firstAfterLookUp) { !$0.creates }
        let actions: [Action] = disappointed.isEmpty ? [] : [.wake(disappointed, .failed(.missing))]
        return wantsCreation && !isStopping ? actions + [begin(.create)] : actions
    }

    private mutating func reserved(
        _ reserved: Reserved, for reservation: Reservation, in duration: Duration
    ) -> [Action] {
        let segment = reserved.segment
        // A life that ended meanwhile: its numbers are nobody's. One that was forgotten may go on without them.
        guard life == reservation.life else { return [] }
        guard phase == .open else { return gap(.notGivenBack, segment.count) }
        guard segment.life == reservation.life, segment.stamp == reservation.stamp,
            segment.increment == options.increment, segment.count <= reservation.count,
            segment.first > reservation.above
        else {
            return failed(.reserve(reservation), .unknownOutcome("it answered with numbers that were not asked for"))
        }
        received += segment.count
        let before = floor
        floor = segment.last
        ceiling = max(ceiling, segment.last)
        recentSize = SequenceRecord.recentSize(after: segment.count, before: recentSize)
        failure = nil
        var actions: [Action] = [.report(.refilled(name, count: segment.count, in: duration))]
        if reserved.skipped > 0 {
            actions.append(.report(.wentBack(name, skipped: reserved.skipped)))
            actions += gap(.mending, reserved.skipped)
        }
        // What a SET passed while the segment was on its way is cut before it arrives.
        let wanted = segment.above(origin)
        let cut = segment.count - (wanted?.count ?? 0)
        dropped += cut
        if let wanted { inHand.append(wanted, above: before) }
        return actions + gap(.movedForward, cut)
    }

    private mutating func failed(_ errand: Errand, _ error: StoreError) -> [Action] {
        if case .release(let segment) = errand {
            return [.report(.failed(name, error))] + closed(gap(.notGivenBack, segment.count))
        }
        var actions: [Action] = []
        if case .reserve(let reservation) = errand {
            guard life == reservation.life else { return [] }
            if case .unknownOutcome = error {
                actions += gap(.lostReply, reservation.count)
                unanswered = max(unanswered, reservation.above)
            }
            guard phase == .open else { return actions }
            switch error {
            case .ended: return ended(reservation.life)
            case .exhausted(_, let skipped):
                isExhausted = true
                return skipped > 0 ? [.report(.wentBack(name, skipped: skipped))] : []
            case .lost, .exists, .invalid, .unavailable, .unknownOutcome: break
            }
        }
        let failure = Failure(error, after: failure, issued: issued)
        self.failure = failure
        // Sequences that nobody waits for are not looked up again and again.
        guard phase == .open || !line.isEmpty else { return actions + [.report(.failed(name, error))] }
        duty = .paused
        let longest = min(Self.longestPause, .milliseconds(10) * (1 << min(failure.times, 10)))
        let jitter = Double(settings.random() >> 11) / 0x1p53
        return actions + [.report(.failed(name, error)), .pause(longest * (0.5 + jitter / 2))]
    }
}
