import Ordinal
import Testing

@testable import Simulation

/// The checker itself: each rule is seen to be broken when it is, and only then.
@Suite struct ContractTests {
    let name: SequenceName
    let life = Life(rawValue: 1)
    var contract = Contract(nodes: 2)

    init() throws { name = try SequenceName("a") }

    private mutating func grant(_ range: ClosedRange<Int64>, to node: Int = 0, life: Life? = nil) {
        let life = life ?? self.life
        contract.reports(.opened(name, life), on: node)
        contract.granted(segment(range, life), of: name, to: node)
    }

    private func segment(_ range: ClosedRange<Int64>, _ life: Life? = nil) -> Segment {
        Segment(
            life: life ?? self.life, first: range.lowerBound, last: range.upperBound, increment: 1,
            stamp: Stamp(rawValue: 1))
    }

    private mutating func ask(_ node: Int = 0) -> Ask { contract.asks(name, on: node, now: .zero) }

    private mutating func serve(_ numbers: Numbers, to ask: Ask? = nil, node: Int = 0, journal: Int64?? = .none) {
        let ask = ask ?? self.ask(node)
        contract.served([numbers], numbers.count, to: ask, journal: journal)
        contract.ends(ask)
    }

    @Test mutating func numbersOfOnesOwnAreFine() {
        grant(1...10)
        serve(Numbers(1))
        serve(Numbers(first: 2, count: 3), journal: 10)
        contract.givesBack(segment(5...10), on: 0)
        contract.released(segment(5...10), by: 0)
        contract.checkStopped(0)
        #expect(contract.violation == nil)
    }

    @Test mutating func aNumberTwiceIsSeen() {
        grant(1...10)
        grant(1...10, to: 1)
        serve(Numbers(5))
        serve(Numbers(5), node: 1)
        #expect(contract.violation?.rule == .unique)
    }

    @Test mutating func livesAreApart() {
        grant(1...10)
        serve(Numbers(5))
        grant(1...10, life: Life(rawValue: 2))
        serve(Numbers(5))
        #expect(contract.violation == nil)
    }

    @Test mutating func aNumberThatWasNotReservedIsSeen() {
        grant(1...10)
        serve(Numbers(first: 9, count: 3))
        #expect(contract.violation?.rule == .acknowledged)
    }

    @Test mutating func aRunAcrossAdjacentSegmentsIsFine() {
        grant(1...10)
        grant(11...20)
        serve(Numbers(first: 9, count: 4))
        #expect(contract.violation == nil)
    }

    @Test mutating func aNumberThatWasGivenBackIsSeen() {
        grant(1...10)
        contract.givesBack(segment(4...10), on: 0)
        serve(Numbers(3))
        #expect(contract.violation == nil)
        serve(Numbers(4))
        #expect(contract.violation?.rule == .acknowledged)
    }

    @Test(arguments: [nil, 4]) mutating func aFloorThatIsNotInTheJournalIsSeen(floor: Int64?) {
        grant(1...10)
        serve(Numbers(5), journal: .some(floor))
        #expect(contract.violation?.rule == .journaled)
    }

    @Test mutating func orderIsThatOfRequestsAfterReplies() {
        grant(1...10)
        let early = ask()
        serve(Numbers(5))
        serve(Numbers(4), to: early)
        #expect(contract.violation == nil, "they were under way at the same time")
        serve(Numbers(3))
        #expect(contract.violation?.rule == .ordered)
    }

    @Test mutating func whatASetPassedIsSeen() {
        grant(1...10)
        let early = ask()
        contract.passes(7, of: life, on: 0)
        serve(Numbers(6), to: early)
        #expect(contract.violation == nil)
        serve(Numbers(7))
        #expect(contract.violation?.rule == .movedForward)
    }

    @Test mutating func whatWasHeardCountsOnceItWasTakenIn() {
        grant(1...10)
        let changes = Changes(mark: .beginning, changes: [.ended(name, life)], wentBack: false)
        contract.hears(changes, on: 0)
        serve(Numbers(1))
        #expect(contract.violation == nil)
        contract.hasTakenIn(on: 0)
        serve(Numbers(2))
        #expect(contract.violation?.rule == .ended)
    }

    @Test mutating func numbersWithoutALifeAreSeen() {
        grant(1...10)
        contract.reports(.ended(name, life), on: 0)
        serve(Numbers(1))
        #expect(contract.violation?.rule == .ended)
    }

    @Test mutating func tooFewNumbersAreSeen() {
        grant(1...10)
        contract.served([Numbers(first: 1, count: 2)], 3, to: ask())
        #expect(contract.violation?.rule == .asAsked)
    }

    @Test mutating func twoRefillsAreSeen() {
        let reservation = Reservation(
            name: name, life: life, count: 5, above: 0, failoverOffset: .standard, stamp: Stamp(rawValue: 1))
        contract.refillBegins(of: reservation, on: 0)
        contract.refillBegins(of: reservation, on: 1)
        #expect(contract.violation == nil)
        contract.refillBegins(of: reservation, on: 0)
        #expect(contract.violation?.rule == .oneRefill)
    }

    @Test mutating func whoeverIsOvertakenAndWaitsOnIsSeen() {
        grant(1...10)
        let early = ask()
        serve(Numbers(1))
        contract.disturb(name, on: 0)
        contract.checkLine(on: 0)
        #expect(contract.violation == nil, "numbers were taken back meanwhile")
        serve(Numbers(2))
        contract.checkLine(on: 1)
        #expect(contract.violation == nil)
        contract.checkLine(on: 0)
        #expect(contract.violation?.rule == .inLine)
        contract.ends(early)
        #expect(contract.overtaken == 0)
    }

    @Test(arguments: [0, 1]) mutating func aGapThatIsNotCountedIsSeen(missing: Int64) {
        grant(1...10)
        serve(Numbers(1))
        contract.reports(.gap(name, .notGivenBack, count: 9 - missing), on: 0)
        contract.checkStopped(0)
        #expect((contract.violation?.rule == .gaps) == (missing > 0))
    }

    @Test mutating func fallbackNumbersAreUniqueToo() {
        serve(Numbers(1 << 62))
        serve(Numbers(1 << 62 + 1), node: 1)
        #expect(contract.violation == nil)
        serve(Numbers(1 << 62), node: 1)
        #expect(contract.violation?.rule == .unique)
    }

    @Test mutating func theFirstViolationIsKept() {
        contract.fail(.ordered, "first")
        contract.fail(.unique, "second")
        #expect(contract.violation == Violation(rule: .ordered, text: "first"))
    }
}
