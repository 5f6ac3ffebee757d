import Testing

@testable import Ordinal

/// One chain, driven by hand: it keeps what the chain asks for, and the test decides what comes of it.
final class ChainHarness {
    var chain: SegmentChain
    var now = Duration.seconds(100)
    /// What a store with the same rules would have under the name.
    var record: SequenceRecord
    /// The errand under way.
    private(set) var errand: SegmentChain.Errand?
    private(set) var begun: [SegmentChain.Errand] = []
    private(set) var pauses: [Duration] = []
    private(set) var wakes: [Ticket: SegmentChain.Wake] = [:]
    /// Tickets in the order in which they were woken.
    private(set) var wakeOrder: [Ticket] = []
    private(set) var events: [SequencerEvent] = []
    private(set) var isGone = false

    init(_ record: SequenceRecord = .sample(), policy: SequencerPolicy = .small, seed: UInt64 = 1) {
        let random = SharedRandom(seed: seed)
        self.record = record
        chain = SegmentChain(
            name: record.name, settings: SegmentChain.Settings(policy, random: { random.next() }), now: now)
    }

    /// A chain that is open and has reserved nothing yet.
    static func opened(_ record: SequenceRecord = .sample(), policy: SequencerPolicy = .small) -> ChainHarness {
        let harness = ChainHarness(record, policy: policy)
        harness.open()
        return harness
    }

    /// A chain that has `count` numbers in hand, of which the first was taken.
    static func filled(_ record: SequenceRecord = .sample(), policy: SequencerPolicy = .small) -> ChainHarness {
        let harness = opened(record, policy: policy)
        guard case .waiting(let ticket) = harness.join() else {
            Issue.record("a first request waits")
            return harness
        }
        harness.reserve()
        #expect(harness.claim(ticket) != .waiting)
        return harness
    }

    func open(floor: Int64 = .min) {
        guard case .waiting(let ticket) = join(0) else {
            Issue.record("a closed sequence is opened")
            return
        }
        finish(.opened(record, floor: floor))
        #expect(wakes[ticket] == .ready)
        #expect(claim(ticket) == .served([]))
    }

    // MARK: - Events

    func take() -> Int64? {
        let number = chain.take()
        if chain.isRefillDue { absorb(chain.proceed(now)) }
        return number
    }

    func take(inPieces count: Int64) -> [Run]? {
        let runs = chain.take(inPieces: count)
        if chain.isRefillDue { absorb(chain.proceed(now)) }
        return runs
    }

    func join(_ demand: Demand = 1, creates: Bool = false, wait: Duration? = nil) -> SegmentChain.Joining {
        let (joining, actions) = chain.join(
            demand, creates: creates, deadline: now + (wait ?? chain.policy.wait), now: now)
        absorb(actions)
        return joining
    }

    /// Joins a request that has to wait.
    func wait(_ demand: Demand = 1, creates: Bool = false, wait: Duration? = nil) -> Ticket {
        let joining = join(demand, creates: creates, wait: wait)
        if case .waiting(let ticket) = joining { return ticket }
        Issue.record("\(joining) instead of waiting")
        return .max
    }

    func claim(_ ticket: Ticket) -> SegmentChain.Claim {
        if wakes.removeValue(forKey: ticket) != .ready { Issue.record("\(ticket) was not told that it is ready") }
        let (claim, actions) = chain.claim(ticket, now: now)
        absorb(actions)
        return claim
    }

    func leave(_ ticket: Ticket) { absorb(chain.leave(ticket, now: now)) }
    func expire() { absorb(chain.expire(now: now)) }
    func sweep() { absorb(chain.sweep()) }
    func stop() { absorb(chain.stop(now: now)) }
    func ended(_ life: Life = .one) { absorb(chain.ended(life, now: now)) }
    func forget(_ life: Life = .one) { absorb(chain.forget(life, now: now)) }
    func moved(to record: SequenceRecord) { absorb(chain.moved(to: record, now: now)) }
    func pauseEnded() { absorb(chain.pauseEnded(now: now)) }

    func finish(_ outcome: SegmentChain.Outcome) {
        guard let errand else {
            Issue.record("no errand is under way")
            return
        }
        self.errand = nil
        absorb(chain.finished(errand, outcome, now: now))
    }

    /// Lets the store do what it was asked to and the chain hear of it.
    func reserve(home: Home = .first) {
        guard case .reserve(let reservation) = errand else {
            Issue.record("\(String(describing: errand)) is under way, and not a reservation")
            return
        }
        do { finish(.reserved(try record.reserve(reservation, home: home), in: .zero)) } catch {
            finish(.failed(error))
        }
    }

    func release() {
        guard case .release(let segment) = errand else {
            Issue.record("\(String(describing: errand)) is under way, and not a release")
            return
        }
        finish(.released(record.release(segment)))
    }

    /// Moves the sequence forward in the store and tells the chain.
    func advance(to number: Int64) {
        do { try record.advance(.to(number)) } catch { Issue.record(error) }
        moved(to: record)
    }

    private func absorb(_ actions: [SegmentChain.Action]) {
        for action in actions {
            switch action {
            case .begin(let errand):
                #expect(self.errand == nil, "one errand at a time")
                self.errand = errand
                begun.append(errand)
            case .pause(let duration): pauses.append(duration)
            case .wake(let tickets, let wake):
                for ticket in tickets {
                    wakes[ticket] = wake
                    wakeOrder.append(ticket)
                }
            case .report(let event): events.append(event)
            case .gone: isGone = true
            }
        }
    }

    // MARK: - What there is to see

    var reservation: Reservation? {
        if case .reserve(let reservation) = errand { reservation } else { nil }
    }

    var released: Segment? {
        if case .release(let segment) = errand { segment } else { nil }
    }

    func gaps(_ reason: GapReason) -> Int64 {
        events.compactMap(\.gap).reduce(0) { $1.reason == reason ? $0 + $1.count : $0 }
    }
}

extension SequencerPolicy {
    /// Segments of ten, and a failover offset of a thousand.
    static var small: SequencerPolicy {
        var policy = SequencerPolicy()
        policy.segmentSize = .fixed(10)
        policy.failoverOffset = 1_000
        policy.maximumWaiters = 100
        policy.maximumRun = 100
        return policy
    }

    static func withSegments(of size: Int64) -> SequencerPolicy {
        var policy = SequencerPolicy.small
        policy.segmentSize = .fixed(size)
        return policy
    }
}
