/// The state of one sequence in memory, and every rule about its numbers.
///
/// A pure state machine: events go in, actions come out. It takes no lock, reads no clock (the time is an argument) and
/// waits for nothing, so that tests and a simulation drive it event by event. ``SequenceAllocator`` is the shell that
/// performs the actions.
///
/// At most one ``Errand``, a call of the store, is under way at a time. So a result always meets the state that asked for
/// it, or a state that says plainly that nobody wants it any more.
struct SegmentChain {
    /// Where a sequence is between the first request for it and its leaving memory.
    enum Phase: Hashable {
        /// Nothing is known of it; it is looked up if somebody waits.
        case opening
        /// Numbers are handed out.
        case open
        /// What was left is being given back.
        case closing
        /// It left memory: whoever holds it must look it up anew.
        case gone
    }

    /// A call of the store.
    enum Errand: Hashable {
        case open
        case create
        // Kept elsewhere: nearly always there is none, and there may be very many sequences.
        indirect case reserve(Reservation)
        indirect case release(Segment)
    }

    /// What all sequences of a node have in common.
    final class Settings: Sendable {
        let policy: SequencerPolicy
        let random: @Sendable () -> UInt64

        init(_ policy: SequencerPolicy, random: @escaping @Sendable () -> UInt64) {
            self.policy = policy
            self.random = random
        }
    }

    /// What may be said of errands.
    enum Duty: Hashable {
        case none
        case underWay(Errand)
        /// The last one failed; the next begins after a pause.
        case paused
    }

    /// What the shell is to do.
    enum Action {
        case begin(Errand)
        /// Come back with ``SegmentChain/pauseEnded(now:)``.
        case pause(Duration)
        /// Tell requests how their waiting ended.
        case wake([Ticket], Wake)
        case report(SequencerEvent)
        /// The sequence left memory.
        case gone
    }

    /// How the waiting of a request ends, as far as the chain can tell.
    enum Wake: Hashable {
        /// Numbers are promised to it; it takes them with ``SegmentChain/claim(_:)``.
        case ready
        case failed(SequencerError)
    }

    let name: SequenceName
    let settings: Settings

    /// The present life, or the one to look for; nil when none is known or it is over.
    var life: Life?
    var options = SequenceOptions.standard
    /// What every segment must lie above: the end of the last one that this node got of this life.
    var floor = Int64.min
    /// The highest ceiling that this node knows of.
    var ceiling = Int64.min
    /// Every number handed out from now on lies above this.
    var origin = Int64.min
    /// The highest floor of a reservation whose outcome nobody knows: it may still arrive.
    var unanswered = Int64.min
    /// How many numbers the largest segment of late had, as far as this node knows: see ``SequenceRecord/recentSize``.
    var recentSize: Int64 = 0

    /// The ticket of the next request that waits.
    private var nextTicket: Ticket = 0
    /// The first request that came after the last look-up began: what that look-up finds may be older than this request.
    var firstAfterLookUp: Ticket = 0

    /// How many of the numbers that came in will never be handed out.
    var dropped: Int64 = 0
    /// What there is to know of errands that failed, if the last one did.
    var failure: Failure?
    /// What was issued when an idle sequence was last looked for.
    var issuedAtSweep: Int64 = -1

    // What every taking of a number looks at stands close together, and last, beside the lock: with very many sequences it is
    // read from far away.

    var runway: Runway
    var duty: Duty = .none
    var phase: Phase = .opening
    /// Whether the sequence is to leave memory as soon as it can, and is not to come back.
    var isStopping = false
    /// Whether the store has no numbers left below the maximum.
    var isExhausted = false
    /// How many numbers came in.
    var received: Int64 = 0
    /// Who waits: few sequences have anybody who does.
    @Rare var line = WaitingLine()
    var inHand = NumbersInHand()

    init(name: SequenceName, settings: Settings, now: Duration) {
        self.name = name
        self.settings = settings
        runway = Runway(settings.policy, now: now)
    }

    var policy: SequencerPolicy { settings.policy }

    /// Kept elsewhere: it is large, and few sequences have one.
    final class Failure: Sendable {
        /// How the last errand failed.
        let error: StoreError
        /// How many in a row did.
        let times: Int
        /// What was issued by then.
        let issued: Int64

        init(_ error: StoreError, after earlier: Failure?, issued: Int64) {
            self.error = error
            times = (earlier?.times ?? 0) + 1
            self.issued = issued
        }
    }

    /// What is known of a life that may still go on, for a store that lost it.
    var memory: LifeMemory? {
        life.map {
            LifeMemory(JournalEntry(life: $0, floor: floor, options: options, recentSize: recentSize), heard: ceiling)
        }
    }

    /// How many numbers were handed out.
    var issued: Int64 { received - dropped - inHand.count }

    /// The highest number that may be in use, as far as this node knows.
    var highestKnown: Int64 { inHand.first.map { $0 - options.increment } ?? max(ceiling, origin, floor) }

    /// Whether it is time to fetch the next segment.
    ///
    /// Somebody must have asked for numbers: a sequence that was only looked at reserves nothing.
    var isRefillDue: Bool {
        let isShort =
            someWait
            ? line.waitedFor > 0 || inHand.count - line.promised < runway.lowWater && received > 0
            : inHand.count < runway.lowWater && received > 0
        return isShort && phase == .open && duty == .none && !isExhausted && !isStopping
    }

    /// Whether there is more to look at than what is in hand.
    private var someWait: Bool { !_line.isIdle }

    // MARK: - Taking numbers

    /// Takes the next number; nil if the request has to wait or to learn why there is none.
    mutating func take() -> Int64? {
        guard !someWait || mayTakeNow(1) else { return nil }
        return inHand.take()
    }

    /// Takes the next numbers, as many of `limit` as are contiguous; nil if the request has to wait for the first of them.
    mutating func take(upTo limit: Int64) -> Run? {
        guard !someWait else { return mayTakeNow(1) ? inHand.takeUpTo(1) : nil }
        return inHand.takeUpTo(limit)
    }

    /// Takes `count` numbers in as many runs as it takes; nil if they are not all here.
    mutating func take(inPieces count: Int64) -> [Run]? {
        let demand = Demand(count, inPieces: true)
        return mayTakeNow(demand) ? take(demand)?.0 : nil
    }

    /// The next numbers that may be taken without the chain being asked for each; nil if there are none.
    ///
    /// Not more than until the next segment is due. ``settle(taken:)`` comes before every other event.
    func numbersToLend() -> Run? {
        guard !someWait else { return nil }
        // Whoever comes next is to find that the segment is due.
        if isRefillDue { return inHand.upTo(1) }
        let spare = inHand.count - runway.lowWater
        return inHand.upTo(duty == .none && spare >= 0 ? spare + 1 : .max)
    }

    /// So many of the numbers that were lent were taken.
    mutating func settle(taken: Int64) { _ = inHand.takeUpTo(taken) }

    /// Whoever waits goes first: a new request may have only what was promised to nobody, and only if all are ready.
    private func mayTakeNow(_ demand: Demand) -> Bool {
        line.unready == 0 && inHand.covers(demand, besides: line)
    }

    // MARK: - Waiting

    /// What happens to a request that asks for numbers.
    enum Joining: Hashable {
        /// With numbers, if it asked for any.
        case served([Run])
        case waiting(Ticket)
        case refused(SequencerError)
        /// The sequence left memory: look it up anew.
        case gone
    }

    /// Serves a request at once, or puts it in line. One for no numbers only wants the sequence to be open.
    mutating func join(
        _ demand: Demand, creates: Bool, deadline: Duration, now: Duration
    ) -> (Joining, [Action]) {
        guard phase != .gone else { return (.gone, []) }
        guard !isStopping else { return (.refused(.stopping), []) }
        // Whoever only wants it to be open, to look at it or to change it, does not stand behind those who want numbers.
        if phase == .open, demand.count == 0 || mayTakeNow(demand), let (runs, actions) = take(demand) {
            return (.served(runs), actions + proceed(now))
        }
        if isExhausted, line.unready == 0 {
            return (.refused(.exhausted(maximum: options.maximum)), [])
        }
        guard line.count < policy.maximumWaiters else {
            return (.refused(.overloaded("\(line.count) requests wait for this sequence")), proceed(now))
        }
        // Nobody waits for what this request would have opened: without going on, it would stay in memory.
        guard deadline > now else {
            return (.refused(timedOut()), [.report(.timedOut(name, requests: 1))] + proceed(now))
        }
        let ticket = nextTicket
        nextTicket += 1
        line.join(demand, as: ticket, deadline: deadline, creates: creates)
        return (.waiting(ticket), proceed(now))
    }

    /// What becomes of a request that was told that it is ready.
    enum Claim: Hashable {
        case served([Run])
        /// Others took what it needed; it waits at its old place.
        case waiting
        case gone
    }

    /// Takes the numbers of a request that is ready.
    mutating func claim(_ ticket: Ticket, now: Duration) -> (Claim, [Action]) {
        guard phase != .gone, let demand = line.demand(of: ticket) else { return (.gone, []) }
        if phase == .open, let (runs, actions) = take(demand) {
            _ = line.leave(ticket)
            return (.served(runs), actions + proceed(now))
        }
        line.putBack(ticket)
        return (.waiting, proceed(now))
    }

    /// A request goes away without a number.
    mutating func leave(_ ticket: Ticket, now: Duration) -> [Action] {
        guard line.leave(ticket) != nil else { return [] }
        return proceed(now)
    }

    /// Ends the waiting of those whose time is over.
    mutating func expire(now: Duration) -> [Action] {
        let tickets = line.removeLate(now)
        guard !tickets.isEmpty else { return [] }
        return [
            .report(.timedOut(name, requests: tickets.count)),
            .wake(tickets, .failed(timedOut())),
        ] + proceed(now)
    }

    private func timedOut() -> SequencerError {
        .timedOut(after: policy.wait, reason: failure?.error.description ?? "the store has not answered yet")
    }

    private mutating func take(_ demand: Demand) -> ([Run], [Action])? {
        if demand.isRun {
            guard let (run, abandoned) = inHand.take(run: demand.count) else { return nil }
            dropped += abandoned
            return ([run], gap(.runDidNotFit, abandoned))
        }
        guard inHand.count >= demand.count else { return nil }
        var (runs, missing): ([Run], Int64) = ([], demand.count)
        while missing > 0, let run = inHand.takeUpTo(missing) {
            runs.append(run)
            missing -= run.count
        }
        return (runs, [])
    }

    // MARK: - What comes next

    /// Goes on: wakes those who can be served, and begins the next errand if one is due.
    ///
    /// Called after every event; all decisions about what happens next are here.
    mutating func proceed(_ now: Duration) -> [Action] {
        var actions: [Action] = []
        if isStopping {
            let tickets = line.removeUnready { _ in true }
            if !tickets.isEmpty { actions.append(.wake(tickets, .failed(.stopping))) }
        }
        if phase == .open {
            actions += serveLine()
        }
        if case .underWay = duty { return actions }
        switch phase {
        case .opening:
            if isStopping || line.isEmpty { return actions + leaveMemory() }
            // Those who are ready claim in vain first: only then is it known what they wait for.
            if duty == .none, line.unready > 0 { actions.append(begin(.open)) }
        case .open:
            if isStopping, line.isIdle { return actions + close() }
            if isRefillDue { actions.append(begin(.reserve(nextReservation(now)))) }
        case .closing, .gone:
            break
        }
        return actions
    }

    /// Promises what is in hand to those who wait. With nothing more to come, those fail for whom it does not suffice.
    private mutating func serveLine() -> [Action] {
        guard !line.isEmpty else { return [] }
        var actions: [Action] = []
        repeat {
            let ready = line.makeReady { [inHand] in inHand.covers($1, besides: $0) }
            if !ready.isEmpty { actions.append(.wake(ready, .ready)) }
            guard isExhausted, let failed = line.removeFirstInLine() else { return actions }
            actions.append(.wake([failed], .failed(.exhausted(maximum: options.maximum))))
        } while true
    }

    mutating func begin(_ errand: Errand) -> Action {
        duty = .underWay(errand)
        if errand == .open { firstAfterLookUp = nextTicket }
        return .begin(errand)
    }

    private mutating func nextReservation(_ now: Duration) -> Reservation {
        guard let life else { preconditionFailure("an open sequence has a life") }
        runway.measure(issued: issued, now: now, after: recentSize, policy: policy)
        let first = someWait ? line.firstInLine()?.demand.count ?? 0 : 0
        // After a failure: the smallest that helps, since a lost reply costs the whole segment.
        let count =
            failure != nil
            ? max(policy.segmentSize.smallest, first)
            : runway.count(waitedFor: line.waitedFor, first: first, after: recentSize, policy: policy)
        return Reservation(
            name: name, life: life, count: count, above: floor, heard: ceiling,
            failoverOffset: policy.offset, recentSize: recentSize, stamp: Stamp(rawValue: settings.random()))
    }

    mutating func leaveMemory() -> [Action] {
        precondition(inHand.count == 0, "numbers must be given back before a sequence leaves memory")
        phase = .gone
        duty = .none
        return [.gone]
    }

    func gap(_ reason: GapReason, _ count: Int64) -> [Action] {
        count > 0 ? [.report(.gap(name, reason, count: count))] : []
    }
}
