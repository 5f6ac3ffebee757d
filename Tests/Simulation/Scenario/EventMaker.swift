import Ordinal
import SeededRandom

/// Draws the events of a scenario.
struct EventMaker {
    let kind: Scenario.Kind
    let nodes: Int
    let names: Int
    let journals: Scenario.Journals
    let end: Duration

    private var changesLives: Bool { kind != .losesTwice }

    mutating func make(_ random: inout SeededRandom) -> [Scenario.Event] {
        var events: [Scenario.Event] = []
        let count = random.pick(15...110)
        // Some seeds have much trouble, some little; few events in a short time meet each other.
        let trouble = kind == .calm ? 0 : random.pick(from: [10, 25, 40])
        let moves = random.pick(from: [0, 8, 20])
        var at = Duration.milliseconds(20)
        while events.count < count, at < end {
            at += random.chance(60) ? random.microseconds(0...5_000) : random.microseconds(0...700_000)
            let what: Scenario.What
            switch random.pick(100) {
            case 0..<trouble: what = self.trouble(&random)
            case (100 - moves)...: what = request(move(&random), &random)
            default: what = request(numbers(&random), &random)
            }
            events.append(Scenario.Event(at: at, what: what))
        }
        return events
    }

    private func request(_ request: Scenario.Request, _ random: inout SeededRandom) -> Scenario.What {
        let clients = random.chance(85) ? 1 : random.pick(2...12)
        return .request(node: random.pick(nodes), name: random.pick(names), request, clients: clients)
    }

    private func numbers(_ random: inout SeededRandom) -> Scenario.Request {
        switch random.pick(100) {
        case 0..<40: return .take(random.pick(1...30))
        case 40..<75:
            let isPatient = kind == .calm || random.chance(90)
            return .next(
                1, creates: random.chance(80), cancelledAfter: isPatient ? nil : random.microseconds(0...20_000))
        case 75..<88: return .next(random.pick(2...40 as ClosedRange<Int64>), creates: true, cancelledAfter: nil)
        default: return .pieces(random.pick(1...40 as ClosedRange<Int64>))
        }
    }

    private func move(_ random: inout SeededRandom) -> Scenario.Request {
        switch random.pick(100) {
        case 0..<25: return .moveForward(random.pick(1...60 as ClosedRange<Int64>))
        case 25..<32: return .set(random.pick(0...300 as ClosedRange<Int64>), .forward)
        case 32..<38: return .set(random.pick(0...50 as ClosedRange<Int64>), .ifMissing)
        case 38..<50 where changesLives: return .set(random.pick(0...50 as ClosedRange<Int64>), .force)
        case 50..<68 where changesLives: return .delete
        case 68..<78: return .advance(random.pick(0...60 as ClosedRange<Int64>))
        case 78..<90:
            let maximum: Int64? = random.chance(20) && kind != .losesTwice ? random.pick(50...5_000) : nil
            return .create(increment: random.pick(from: [1, 1, 2, 10]), maximum: maximum)
        case 90..<94: return .setMaximum(ahead: random.pick(0...200 as ClosedRange<Int64>))
        default: return .find
        }
    }

    private func trouble(_ random: inout SeededRandom) -> Scenario.What {
        let node = random.pick(nodes)
        switch random.pick(100) {
        case 0..<12 where kind == .goesBack || kind == .losesTwice: return goBack(&random)
        case 0..<40: return faultyCall(node, &random)
        case 40..<48: return .outage(random.pick(from: SimulatedStore.Outage.allCases), time(3_000, &random))
        case 48..<64: return .crash(node: node, down: time(1_500, &random))
        case 64..<78: return .pause(node: node, time(6_000, &random))
        case 78..<90: return .stop(node: node, down: time(1_000, &random))
        case 90... where journals == .failing || journals == .required:
            return .breakJournal(node: node, time(2_000, &random))
        default: return kind == .faulty ? faultyCall(node, &random) : goBack(&random)
        }
    }

    private func goBack(_ random: inout SeededRandom) -> Scenario.What {
        let home: SimulatedStore.NextHome =
            switch random.pick(100) {
            case 0..<55: .new
            case 55..<85: .same
            default: .former
            }
        return .goBack(by: random.chance(70) ? random.pick(0...6) : random.pick(0...80), home)
    }

    private func faultyCall(_ node: Int, _ random: inout SeededRandom) -> Scenario.What {
        let call: StoreCall =
            random.chance(60)
            ? random.pick(from: [.reserve, .reserve, .release]) : random.pick(from: StoreCall.allCases)
        // Whatever can be repeated is interesting to repeat, after others had time to do something in between.
        if Fault.repeatable.contains(call), random.chance(40) {
            return .fault(node: node, call, .twice(time(4_000, &random)))
        }
        return .fault(node: node, call, fault(&random))
    }

    private func fault(_ random: inout SeededRandom) -> Fault {
        switch random.pick(6) {
        case 0: .refused
        case 1: .lostBefore
        case 2: .lostAfter(hangs: random.chance(50))
        case 3, 4: .late(time(4_000, &random))
        default: .slow(random.microseconds(100_000...1_900_000))
        }
    }

    /// Short times are as likely as long ones.
    private func time(_ milliseconds: Int, _ random: inout SeededRandom) -> Duration {
        random.microseconds(1_000...max(2_000, milliseconds * [10, 200, 1_000][random.pick(3)]))
    }
}
