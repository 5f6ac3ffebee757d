import Ordinal

/// What happens in a world, and in what setting: all that a run depends on, besides the engine.
public struct Scenario: Sendable {
    /// What kind of trouble there is.
    enum Kind: String, CaseIterable, Sendable {
        case calm = "nothing goes wrong"
        case faulty = "network, nodes and store fail"
        case goesBack = "the store goes back"
        case losesTwice = "the store goes back again, beyond the offset"
    }

    /// What may be expected of the journals.
    enum Journals: String, CaseIterable, Sendable {
        case reliable
        case failing
        /// They fail, and numbers need them.
        case required
        case off
    }

    /// One thing that happens at a time.
    struct Event: Sendable, CustomStringConvertible {
        let at: Duration
        let what: What

        var description: String { "\(at.text) \(what)" }
    }

    enum What: Sendable {
        /// Clients of a node ask for something, all at once.
        case request(node: Int, name: Int, Request, clients: Int)
        /// The next such call of a node goes wrong.
        case fault(node: Int, StoreCall, Fault)
        case outage(SimulatedStore.Outage, Duration)
        case goBack(by: Int, SimulatedStore.NextHome)
        case crash(node: Int, down: Duration)
        case pause(node: Int, Duration)
        case stop(node: Int, down: Duration)
        case breakJournal(node: Int, Duration)
    }

    /// What a client asks a node for.
    enum Request: Hashable, Sendable {
        case next(Int64, creates: Bool, cancelledAfter: Duration?)
        case pieces(Int64)
        /// So many numbers, one by one, as long as they are at hand.
        case take(Int)
        /// SET, so far ahead of what the node knows.
        case moveForward(Int64)
        case set(Int64, Sequencer.SetMode)
        case advance(Int64)
        case create(increment: Int64, maximum: Int64?)
        case setMaximum(ahead: Int64)
        case delete
        case find
    }

    let seed: UInt64
    let kind: Kind
    let nodes: Int
    let names: [SequenceName]
    let policy: SequencerPolicy
    let journals: Journals
    let order: Scheduler.Order
    /// The longest that a message usually takes, in microseconds.
    let latency: Int
    /// In how many of 100 cases a reservation is answered with fewer numbers.
    let fewer: Int
    var events: [Event]
    let end: Duration
    /// Whether the store breaks its own rule and does not notice that it is another server: to see that this is caught.
    var hidesHome = false

    /// How many numbers are left out when the store went back, at least.
    var offset: Int64 { policy.failoverOffset ?? 1_000_000 }
}

extension Scenario {
    /// How many things happen in it.
    public var eventCount: Int { events.count }

    /// The setting and the events, for people.
    public var description: [String] {
        let size: String =
            switch policy.segmentSize {
            case .fixed(let size): "segments of \(size)"
            case .adaptive(let least, let most): "segments of \(least) to \(most)"
            }
        return [
            """
            \(kind.rawValue): \(nodes) node\(nodes == 1 ? "" : "s"), journals \(journals.rawValue), \(size), \
            wait \(policy.wait.text), runway \(policy.runway.text), offset \(offset), idle \(policy.idle.text), \
            tasks \(order.rawValue)
            """
        ] + events.map(\.description)
    }
}

extension Scenario.What: CustomStringConvertible {
    var description: String {
        switch self {
        case .request(let node, let name, let request, let clients):
            "\(clients == 1 ? "a client asks" : "\(clients) clients ask") node \(node), sequence \(name): \(request)"
        case .fault(let node, let call, let fault): "the next \(call) of node \(node) meets: \(fault)"
        case .outage(let outage, let duration): "for \(duration.text) \(outage.rawValue)"
        case .goBack(let depth, let home): "the store goes back by \(depth) changes, on \(home.rawValue)"
        case .crash(let node, let down): "node \(node) crashes, for \(down.text)"
        case .pause(let node, let duration): "node \(node) is paused for \(duration.text)"
        case .stop(let node, let down): "node \(node) stops, for \(down.text)"
        case .breakJournal(let node, let duration): "the journal of node \(node) fails for \(duration.text)"
        }
    }
}

extension Duration {
    /// In seconds, with six digits behind the point.
    var text: String {
        let micros = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let digits = String(micros % 1_000_000)
        return "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
