import Ordinal
import SeededRandom
import Testing

@testable import OrdinalServer

@Suite struct RateLimiterTests {
    private let now = SharedValue(Duration.seconds(50))

    private func limiter(
        server: Int? = nil, client: Int? = nil, sequence: Int? = nil, maximumBuckets: Int = 100_000
    ) -> RateLimiter {
        let limits = RateLimits(
            server: server.flatMap { Rate(perSecond: $0) }, client: client.flatMap { Rate(perSecond: $0) },
            sequence: sequence.flatMap { Rate(perSecond: $0) })
        return RateLimiter(limits, maximumBuckets: maximumBuckets, now: { [now] in now.value })
    }

    private func client(_ number: Int) -> ClientKey { .ipv4(UInt32(truncatingIfNeeded: number)) }

    @Test func withoutLimitsNothingIsAskedAndNothingRefused() throws {
        let limiter = RateLimiter(
            RateLimits(),
            now: {
                Issue.record("the clock was read")
                return .zero
            })
        #expect(!limiter.isLimiting)
        for _ in 0..<1_000 { #expect(limiter.check(client: .local, sequence: try SequenceName("a")) == nil) }
        #expect(limiter.check(client: .local, requests: .max) == nil)
    }

    @Test func eachScopeRefuses() throws {
        let orders = try SequenceName("orders")
        for (limiter, scope) in [
            (limiter(server: 2), RateScope.server), (limiter(client: 2), .client), (limiter(sequence: 2), .sequence),
        ] {
            #expect(limiter.isLimiting)
            for _ in 0..<2 { #expect(limiter.check(client: .local, sequence: orders) == nil) }
            let refusal = limiter.check(client: .local, sequence: orders, requests: 2)
            #expect(refusal == RateRefusal(scope: scope, retryAfter: .seconds(1)))
            for other in RateScope.allCases { #expect(limiter.refused(by: other) == (other == scope ? 2 : 0)) }
        }
    }

    @Test func clientsAndSequencesAreToldApart() throws {
        let limiter = limiter(client: 1, sequence: 2)
        let a = try SequenceName("a")
        let b = try SequenceName("b")
        #expect(limiter.check(client: client(1), sequence: a) == nil)
        #expect(limiter.check(client: client(1), sequence: b)?.scope == .client)
        #expect(limiter.check(client: client(2), sequence: a) == nil)
        #expect(limiter.check(client: client(3), sequence: a)?.scope == .sequence)
        #expect(limiter.check(client: client(3), sequence: b) == nil)
        // About no sequence.
        #expect(limiter.check(client: client(4)) == nil)
        #expect(limiter.check(client: client(4))?.scope == .client)
    }

    @Test func aNameOffTheWireIsTheSameSequence() throws {
        let limiter = limiter(sequence: 2)
        let bytes = Array("café".utf8)
        #expect(limiter.check(client: client(1), sequence: bytes.span.bytes) == nil)
        #expect(limiter.check(client: client(2), sequence: try SequenceName("café")) == nil)
        #expect(limiter.check(client: client(3), sequence: bytes.span.bytes)?.scope == .sequence)
        #expect(limiter.check(client: client(3), sequence: try SequenceName("cafe\u{301}")) == nil)
    }

    @Test func oneThatIsRefusedIsChargedNowhere() throws {
        let limiter = limiter(server: 10, client: 2, sequence: 5)
        let a = try SequenceName("a")
        let b = try SequenceName("b")
        #expect(limiter.check(client: client(1), sequence: a, requests: 2) == nil)
        for _ in 0..<100 { #expect(limiter.check(client: client(1), sequence: b)?.scope == .client) }
        // The sequence has all of its five, and the server eight of its ten.
        #expect(limiter.check(client: client(2), sequence: b, requests: 2) == nil)
        #expect(limiter.check(client: client(3), sequence: b, requests: 2) == nil)
        #expect(limiter.check(client: client(4), sequence: b, requests: 2)?.scope == .sequence)
        #expect(limiter.check(client: client(4), sequence: b, requests: 1) == nil)
        #expect(limiter.check(client: client(4), sequence: a, requests: 1) == nil)
        #expect(limiter.check(client: client(5), sequence: a, requests: 2) == nil)
        #expect(limiter.check(client: client(6), sequence: nil, requests: 1)?.scope == .server)
    }

    @Test func theLongestWaitIsTold() throws {
        let limiter = limiter(server: 4, client: 1, sequence: 2)
        #expect(limiter.check(client: client(1), sequence: try SequenceName("a"), requests: 4) == nil)
        let refusal = try #require(limiter.check(client: client(1), sequence: try SequenceName("a")))
        // In debt for three requests, and one more.
        #expect(refusal == RateRefusal(scope: .client, retryAfter: .seconds(4)))
        now.value += refusal.retryAfter
        #expect(limiter.check(client: client(1), sequence: try SequenceName("a")) == nil)
    }

    @Test func theTextSaysWhatToDo() {
        let refusal = RateRefusal(scope: .sequence, retryAfter: .milliseconds(1_001))
        #expect(refusal.retryAfterSeconds == 2)
        let text = "more requests per second than may come for one sequence; try again in 2 seconds"
        #expect(refusal.description == text)
        #expect(RateRefusal(scope: .client, retryAfter: .nanoseconds(1)).description.hasSuffix("in 1 second"))
    }

    // MARK: - Many keys

    @Test func aMillionKeysLiftNoLimitAndTakeNoRoom() throws {
        let limiter = limiter(client: 10, sequence: 10, maximumBuckets: 1_000)
        let victim = try SequenceName("victim")
        #expect(limiter.check(client: client(-1), sequence: victim, requests: 10) == nil)
        var admitted = 0
        for number in 0..<100_000 {
            let name = withUnsafeBytes(of: number) { Array($0) }
            if limiter.check(client: client(number), sequence: name.span.bytes) == nil { admitted += 1 }
        }
        #expect(limiter.buckets.clients == 1_000)
        #expect(limiter.buckets.sequences <= 1_000)
        // One for each place, and one burst for all those beyond.
        #expect(admitted == 999 + 10)
        #expect(limiter.check(client: client(-1))?.scope == .client)
        #expect(limiter.check(client: client(-2), sequence: victim) != nil)
        // A tenth of a second later the places of the others are free again.
        now.value += .milliseconds(100)
        #expect(limiter.check(client: client(-3), sequence: try SequenceName("new"), requests: 10) == nil)
        #expect(limiter.check(client: client(-3))?.scope == .client)
        #expect(limiter.buckets.clients == 1_000)
    }

    @Test func theTableGrowsWithThoseWhoAreActive() {
        let limiter = limiter(client: 10)
        for number in 0..<100_000 {
            // A hundred are active within the tenth of a second that a bucket takes to fill up.
            now.value += .milliseconds(1)
            #expect(limiter.check(client: client(number)) == nil)
        }
        #expect(limiter.buckets.clients < 1_000)
    }

    @Test func agreesWithAModelInRandomOrders() throws {
        for seed in 0..<150 as Range<UInt64> {
            var time: Int64 = 50_000_000_000
            now.value = .nanoseconds(time)
            var random = SeededRandom(seed: seed)
            let rates = (0..<3).map { _ in
                random.chance(80) ? Rate(perSecond: .random(in: 1...9, using: &random)) : nil
            }
            let limiter = RateLimiter(
                RateLimits(server: rates[0], client: rates[1], sequence: rates[2]), now: { [now] in now.value })
            var model: [String: ExactBucket] = [:]
            for _ in 0..<150 {
                if random.chance(50) { time += .random(in: 0...400_000_000, using: &random) }
                now.value = .nanoseconds(time)
                let who = Int.random(in: 0..<5, using: &random)
                let what = random.chance(80) ? "s\(Int.random(in: 0..<5, using: &random))" : nil
                let count = Int.random(in: 1...3, using: &random)
                var expected: (RateScope, Int64)?
                var charged = model
                for (scope, name) in zip(RateScope.allCases, ["", "c\(who)", what]) {
                    guard let name, let rate = rates[RateScope.allCases.firstIndex(of: scope) ?? 0] else { continue }
                    var bucket = model[name] ?? ExactBucket(rate, now: 0)
                    let wait = bucket.take(count, now: time)
                    charged[name] = bucket
                    if let wait, wait > expected?.1 ?? 0 { expected = (scope, wait) }
                }
                if expected == nil { model = charged }
                let sequence = try what.map { try SequenceName($0) }
                let refusal = limiter.check(client: client(who), sequence: sequence, requests: count)
                let wanted = expected.map { RateRefusal(scope: $0.0, retryAfter: .nanoseconds($0.1)) }
                #expect(refusal == wanted, "seed \(seed)")
                if refusal != wanted { return }
            }
        }
    }

    @Test func threadsTogetherGetTheRate() async {
        let limiter = limiter(server: 1_000, client: 400)
        let admitted = await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    (0..<20_000).reduce(0) { sum, _ in
                        sum + (limiter.check(client: .ipv4(UInt32(task))) == nil ? 1 : 0)
                    }
                }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(admitted.reduce(0, +) == 1_000)
        #expect(admitted.allSatisfy { $0 <= 400 })
        #expect(limiter.refused(by: .server) + limiter.refused(by: .client) == 80_000 - 1_000)
    }

    // MARK: - Clients

    @Test func addressesAreKeys() {
        #expect(ClientKey(address: [192, 0, 2, 1]) == .ipv4(0xC000_0201))
        #expect(ClientKey(address: Array(repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1]) == .ipv4(0xC000_0201))
        let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2]
        let one = ClientKey(address: prefix + [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(one == .ipv6(prefix: 0x2001_0DB8_0001_0002))
        #expect(one == ClientKey(address: prefix + [9, 9, 9, 9, 9, 9, 9, 9]))
        #expect(one != ClientKey(address: prefix.dropLast() + [3, 0, 0, 0, 0, 0, 0, 0, 1]))
        #expect(ClientKey(address: []) == nil)
        #expect(ClientKey(address: prefix) == nil)
        #expect(ClientKey(address: prefix + prefix + [0]) == nil)
        #expect(ClientKey.principal("a") != .local)
    }
}
