import Ordinal
import RESP
import Testing

@testable import OrdinalServer

/// What clients see of a store that is slow or away.
@Suite struct StoreTroubleTests {
    /// Every refill takes longer than a hundred commands, and none of them waits for it.
    @Test func inSteadyStateNobodyWaitsForASlowStore() async throws {
        let front = try FrontUnderTest(runway: .seconds(1))
        front.store.delay = .milliseconds(100)
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        var durations: [Duration] = []
        var number = 1
        var refills = 0
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        // The numbers of the first segment were there before anything was known of the rate.
        while refills < 5, clock.now < deadline {
            number += 1
            var reply = ""
            durations.append(clock.measure { reply = dialogue.hears("INCR a\r\n") })
            try #require(reply == ":\(number)\r\n", "number \(number) waits for the store")
            if number % 100 == 0 { refills = front.refills }
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(refills >= 5)
        durations.sort()
        let p99 = durations[durations.count * 99 / 100]
        print("p99 of \(durations.count) commands over \(refills) refills of 100 ms each: \(p99)")
        #expect(p99 < .milliseconds(50))
    }

    @Test func whatTheNodeKnowsIsToldWhileTheStoreIsAway() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        #expect(await dialogue.answers("INFO\r\n").contains("store_available:1\r\n"))
        front.store.isAway = true
        #expect(await dialogue.answers("INCR a\r\n") == ":2\r\n")
        let info = await dialogue.answers("INFO\r\n")
        #expect(info.contains("store_available:0\r\nstore_error:"))
        #expect(info.contains("it is away for a test"))
        // A segment and one more, for the request that waited for it.
        #expect(info.contains("numbers_in_hand:999\r\n"))
        let explanation = await dialogue.answers("ORDINAL EXPLAIN a\r\n")
        #expect(explanation.contains("next: 3, with 999 numbers in hand; reserved up to 1001 (the ceiling)"))
        #expect(explanation.contains("away: it is away for a test; all this is what the node itself knows"))
        #expect(await dialogue.answers("ORDINAL EXPLAIN b\r\n").hasPrefix("-TRYAGAIN "), "of this it knows nothing")
    }
}

extension FrontUnderTest {
    /// How many segments were reserved.
    fileprivate var refills: Int {
        events.first { $0.hasPrefix("refills:") }.flatMap { Int($0.dropFirst(8)) } ?? 0
    }
}
