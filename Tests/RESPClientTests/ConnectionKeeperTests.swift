@testable import RESPClient
import Testing

@Suite struct ConnectionKeeperTests {
    private typealias Keeper = ConnectionKeeper<Int, String>

    private let start = ContinuousClock.now
    private let refused = RESPClientError(.cannotConnect, "refused")

    private func wish(_ keeper: inout Keeper, _ caller: String, after: Duration = .zero, isOpen: Bool = true) -> String
    {
        switch keeper.wish(of: caller, now: start + after, waitingAtMost: 2, isOpen: { _ in isOpen }) {
        case .use(let connection): "use \(connection)"
        case .wait: "wait"
        case .attempt: "attempt"
        case .fail(let error): "fail: \(error.message)"
        case .failAndAttempt(let error): "fail and attempt: \(error.message)"
        }
    }

    @Test func allWaitForTheFirstAttempt() {
        var keeper = Keeper()
        #expect(wish(&keeper, "a") == "attempt")
        #expect(wish(&keeper, "b") == "wait")
        #expect(wish(&keeper, "c") == "fail: 2 commands already wait for a connection")
        let settlement = keeper.attemptEnded(.success(1), now: start, random: 0)
        #expect(settlement.waiting == ["a", "b"])
        #expect(!settlement.isUnwanted)
        #expect(wish(&keeper, "d") == "use 1")
        #expect(keeper.connection(isOpen: { _ in true }) == 1)
    }

    @Test func aLostConnectionIsMadeAnewAtOnce() {
        var keeper = Keeper()
        _ = wish(&keeper, "a")
        _ = keeper.attemptEnded(.success(1), now: start, random: 0)
        #expect(wish(&keeper, "b", isOpen: false) == "attempt")
        _ = keeper.attemptEnded(.success(2), now: start, random: 0)
        let isAnother = keeper.drop { $0 == 1 }
        #expect(!isAnother, "another one than the one that is kept")
        let isDropped = keeper.drop { $0 == 2 }
        #expect(isDropped)
        #expect(wish(&keeper, "c") == "attempt")
    }

    @Test func afterAFailureNobodyWaits() {
        var keeper = Keeper()
        _ = wish(&keeper, "a")
        #expect(keeper.attemptEnded(.failure(refused), now: start, random: 0).waiting == ["a"])
        #expect(wish(&keeper, "b", after: .milliseconds(9)) == "fail: refused")
        #expect(wish(&keeper, "c", after: .milliseconds(10)) == "fail and attempt: refused")
        #expect(wish(&keeper, "d", after: .seconds(10)) == "fail: refused", "one attempt at a time")
        #expect(keeper.attemptEnded(.success(1), now: start, random: 0).waiting == [])
        #expect(wish(&keeper, "e") == "use 1")
    }

    @Test func pausesGrowUpToHalfASecond() {
        var keeper = Keeper()
        _ = wish(&keeper, "a")
        var now = Duration.zero
        for pause in [20, 40, 80, 160, 320, 500, 500, 500] {
            _ = keeper.attemptEnded(.failure(refused), now: start + now, random: 1)
            #expect(wish(&keeper, "b", after: now + .milliseconds(pause - 1)) == "fail: refused")
            now += .milliseconds(pause)
            #expect(wish(&keeper, "c", after: now) == "fail and attempt: refused")
        }
    }

    @Test func closingTellsAll() {
        var keeper = Keeper()
        _ = wish(&keeper, "a")
        let closed = keeper.close()
        #expect(closed.waiting == ["a"])
        #expect(closed.connection == nil)
        #expect(wish(&keeper, "b") == "fail: the client is closed")
        #expect(keeper.attemptEnded(.success(1), now: start, random: 0).isUnwanted)
        #expect(wish(&keeper, "c") == "fail: the client is closed")
        var other = Keeper()
        _ = wish(&other, "a")
        _ = other.attemptEnded(.success(1), now: start, random: 0)
        #expect(other.close().connection == 1)
        #expect(other.close().connection == nil)
    }
}
