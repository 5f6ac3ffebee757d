/// Identifies a request that waits for numbers.
typealias Ticket = UInt64

/// What a request wants.
struct Demand: Hashable, ExpressibleByIntegerLiteral {
    /// How many numbers; 0 if it only wants the sequence to be open.
    let count: Int64
    /// Whether they must be contiguous.
    let isRun: Bool

    init(_ count: Int64, inPieces: Bool = false) {
        self.count = count
        isRun = count > 1 && !inPieces
    }

    init(integerLiteral count: Int64) { self.init(count) }
}

/// The requests that wait for numbers of one sequence, first come first served.
///
/// A request is first *in line*, then *ready*: numbers are there and promised to it, and it comes to take them by itself.
/// One that is gone by then takes nothing.
struct WaitingLine: Idle {
    struct Waiter {
        let demand: Demand
        /// When it gives up.
        let deadline: Duration
        /// Whether it wants the sequence to be created if there is none.
        let creates: Bool
        /// Whether numbers are promised to it.
        fileprivate(set) var isReady = false
    }

    private var waiters: [Ticket: Waiter] = [:]
    /// How many numbers are promised to those who are ready.
    private(set) var promised: Int64 = 0
    /// How many numbers those want who are not ready.
    private(set) var waitedFor: Int64 = 0
    /// The lowest ticket that may not be ready yet.
    private var firstUnready: Ticket = 0
    /// What every ticket lies below.
    private var end: Ticket = 0
    /// How many of those who are ready want a run.
    private(set) var promisedRuns = 0
    /// How many requests are not ready.
    private(set) var unready = 0
    /// No request that is not ready gives up before this: its deadline was the earliest when it was looked for.
    private var soonest = Duration.zero

    /// How many changes of the sequence are under way. They wait for no number, but hold it in memory.
    var holds = 0

    var isEmpty: Bool { waiters.isEmpty }
    var isIdle: Bool { isEmpty && holds == 0 }
    var count: Int { waiters.count }
    var wantsCreation: Bool { waiters.values.contains { $0.creates && !$0.isReady } }

    /// The request that has waited longest without being ready.
    mutating func firstInLine() -> Waiter? {
        while firstUnready < end {
            if let waiter = waiters[firstUnready], !waiter.isReady { return waiter }
            firstUnready += 1
        }
        return nil
    }

    /// Takes out the request that has waited longest without being ready.
    mutating func removeFirstInLine() -> Ticket? {
        guard firstInLine() != nil else { return nil }
        _ = leave(firstUnready)
        return firstUnready
    }

    func demand(of ticket: Ticket) -> Demand? { waiters[ticket]?.demand }

    /// When it is time to look for requests that give up; nil if none waits.
    ///
    /// It may be too early, if whoever had this deadline has left: looking is what makes it exact again.
    var nextDeadline: Duration? { unready > 0 ? soonest : nil }

    /// Puts a request at the end of the line. Its ticket is higher than those of all who came before it.
    mutating func join(_ demand: Demand, as ticket: Ticket, deadline: Duration, creates: Bool) {
        precondition(ticket >= end, "who comes later has a higher ticket")
        if isEmpty { firstUnready = ticket }
        end = ticket + 1
        let waiter = Waiter(demand: demand, deadline: deadline, creates: creates)
        waiters[ticket] = waiter
        mark(waiter)
    }

    /// Takes a request out of the line.
    mutating func leave(_ ticket: Ticket) -> Waiter? {
        guard let waiter = waiters.removeValue(forKey: ticket) else { return nil }
        if waiter.isReady { takeBack(waiter) } else { unmark(waiter) }
        return waiter
    }

    /// Puts a request that was ready back to its place in the line.
    mutating func putBack(_ ticket: Ticket) {
        guard let waiter = waiters[ticket], waiter.isReady else { return }
        takeBack(waiter)
        waiters[ticket]?.isReady = false
        mark(waiter)
        firstUnready = min(firstUnready, ticket)
    }

    /// Makes requests ready, in their order, for as long as `canPromise` allows it.
    mutating func makeReady(_ canPromise: (WaitingLine, Demand) -> Bool) -> [Ticket] {
        var ready: [Ticket] = []
        while let waiter = firstInLine(), canPromise(self, waiter.demand) {
            waiters[firstUnready]?.isReady = true
            unmark(waiter)
            promised += waiter.demand.count
            if waiter.demand.isRun { promisedRuns += 1 }
            ready.append(firstUnready)
        }
        return ready
    }

    /// Makes those ready who want no number, wherever they stand.
    mutating func makeReadyWithoutNumbers() -> [Ticket] {
        let tickets = waiters.filter { !$0.value.isReady && $0.value.demand.count == 0 }.keys.sorted()
        for ticket in tickets {
            guard let waiter = waiters[ticket] else { continue }
            waiters[ticket]?.isReady = true
            unmark(waiter)
        }
        return tickets
    }

    /// Takes those out who are not ready and meet a condition, in their order.
    mutating func removeUnready(before limit: Ticket = .max, where condition: (Waiter) -> Bool) -> [Ticket] {
        let tickets = waiters.filter { $0.key < limit && !$0.value.isReady && condition($0.value) }.keys.sorted()
        for ticket in tickets { _ = leave(ticket) }
        return tickets
    }

    /// Takes those out whose time is over, in their order.
    mutating func removeLate(_ now: Duration) -> [Ticket] {
        let late = removeUnready { $0.deadline <= now }
        for waiter in waiters.values where !waiter.isReady {
            soonest = soonest <= now ? waiter.deadline : min(soonest, waiter.deadline)
        }
        return late
    }

    private mutating func mark(_ waiter: Waiter) {
        soonest = unready == 0 ? waiter.deadline : min(soonest, waiter.deadline)
        waitedFor += waiter.demand.count
        unready += 1
    }

    private mutating func unmark(_ waiter: Waiter) {
        waitedFor -= waiter.demand.count
        unready -= 1
    }

    private mutating func takeBack(_ waiter: Waiter) {
        promised -= waiter.demand.count
        if waiter.demand.isRun { promisedRuns -= 1 }
    }
}
