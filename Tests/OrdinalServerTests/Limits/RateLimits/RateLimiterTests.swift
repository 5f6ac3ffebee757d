import Ordinal
import SeededRandom
import Testing

@testable import OrdinalServer

@Suite struct RateLimiterTests {
    private let now = SharedValue(Duration.seconds(50))

    private func limiter(
        server: Int? = nil, client: Int? = nil, sequence: Int? = nil, maximumBuckets: Int = 100_000
    ) -> RateLimiter {
        var rates = ServerConfiguration.Rates()
        (rates.server, rates.client, rates.sequence) = (server, client, sequence)
        return RateLimiter(rates, maximumBuckets: maximumBuckets, now: { [now] in now.value })
    }

    private func check(_ limiter: RateLimiter, _ name: String) throws -> RateRefusal? {
        // In one expression the compiler crashes.
        let bytes = try SequenceName(name).bytes
        return limiter.check(bytes.span.bytes)
    }

    private func client(_ number: Int) -> ClientKey { .ipv4(UInt32(truncatingIfNeeded: number)) }

    @Test func withoutLimitsNothingIsAskedAndNothingRefused() throws {
        let limiter = RateLimiter(
            ServerConfiguration.Rates(),
            now: {
                Issue.record("the clock was read")
                return .zero
            })
        #expect(!limiter.isLimiting)
        for _ in 0..<1_000 { #expect(try limiter.check(.local) == nil && check(limiter, "a") == nil) }
    }

    @Test func eachScopeRefuses() throws {
        for (limiter, scope) in [
            (limiter(server: 2), RateScope.server), (limiter(client: 2), .client), (limiter(sequence: 2), .sequence),
        ] {
            #expect(limiter.isLimiting)
            let refusals = try (0..<3).map { _ in try limiter.check(.local) ?? check(limiter, "orders") }
            #expect(refusals == [nil, nil, RateRefusal(scope: scope, retryAfter: .milliseconds(500))])
            for other in RateScope.allCases { #expect(limiter.refused(by: other) == (other == scope ? 1 : 0)) }
        }
    }

    @Test func clientsAndSequencesAreToldApart() throws {
        let limiter = limiter(client: 1, sequence: 2)
        #expect(limiter.check(client(1)) == nil)
        #expect(limiter.check(client(1))?.scope == .client)
        #expect(limiter.check(client(2)) == nil)
        for _ in 0..<2 { #expect(try check(limiter, "café") == nil) }
        #expect(try check(limiter, "café")?.scope == .sequence)
        #expect(try check(limiter, "cafe\u{301}") == nil)
    }

    @Test func oneThatIsRefusedIsChargedNowhere() {
        let limiter = limiter(server: 4, client: 2)
        for _ in 0..<2 { #expect(limiter.check(client(1)) == nil) }
        for _ in 0..<100 { #expect(limiter.check(client(1))?.scope == .client) }
        // The server has two of its four left.
        for number in 2...3 { #expect(limiter.check(client(number)) == nil) }
        #expect(limiter.check(client(4))?.scope == .server)
    }

    @Test func theLongestWaitIsTold() throws {
        let limiter = limiter(server: 2, client: 1)
        for number in 1...2 { #expect(limiter.check(client(number)) == nil) }
        #expect(limiter.check(client(3)) == RateRefusal(scope: .server, retryAfter: .milliseconds(500)))
        let refusal = try #require(limiter.check(client(1)))
        #expect(refusal == RateRefusal(scope: .client, retryAfter: .seconds(1)))
        now.value += refusal.retryAfter
        #expect(limiter.check(client(1)) == nil)
    }

    @Test func theTextSaysWhatToDo() {
        let refusal = RateRefusal(scope: .sequence, retryAfter: .milliseconds(1_001))
        #expect(refusal.retryAfterSeconds == 2)
        let text = "more requests per second than may come for one sequence; try again in 2 seconds"
        #expect(refusal.description == text)
        #expect(RateRefusal(scope: .client, retryAfter: .nanoseconds(1)).description.hasSuffix("in 1 second"))
    }

    // MARK: - Many keys

    @Test func manyKeysLiftNoLimitAndTakeNoRoom() throws {
        let limiter = limiter(client: 10, sequence: 10, maximumBuckets: 1_000)
        for _ in 0..<10 {
            #expect(limiter.check(client(-1)) == nil)
            #expect(try check(limiter, "victim") == nil)
        }
        var (clients, sequences) = (0, 0)
        for number in 0..<100_000 {
            let name = withUnsafeBytes(of: number) { Array($0) }
            if limiter.check(client(number)) == nil { clients += 1 }
            if limiter.check(name.span.bytes) == nil { sequences += 1 }
        }
        #expect(limiter.buckets == (1_000, 1_000))
        // One for each place, and one burst for all those beyond.
        #expect(clients == 999 + 10)
        #expect(sequences == 999 + 10)
        #expect(limiter.check(client(-1))?.scope == .client)
        #expect(try check(limiter, "victim")?.scope == .sequence)
        // A tenth of a second later the places of the others are free again.
        now.value += .milliseconds(100)
        for _ in 0..<10 { #expect(limiter.check(client(-3)) == nil) }
        #expect(limiter.check(client(-3))?.scope == .client)
        #expect(limiter.buckets.clients == 1_000)
    }

    @Test func theTableGrowsWithThoseWhoAreActive() {
        let limiter = limiter(client: 10)
        for number in 0..<100_000 {
            // A hundred are active within the tenth of a second that a bucket takes to fill up.
            now.value += .milliseconds(1)
            #expect(limiter.check(client(number)) == nil)
        }
        #expect(limiter.buckets.clients < 1_000)
    }

    @Test func agreesWithAModelInRandomOrders() throws {
        for seed in 0..<150 as Range<UInt64> {
            var time: Int64 = 50_000_000_000
            now.value = .nanoseconds(time)
            var random = SeededRandom(seed: seed)
            let rates = (0..<2).map { _ in random.chance(80) ? Int.random(in: 1...9, using: &random) : nil }
            let limiter = limiter(server: rates[0], client: rates[1])
            var model: [String: ExactBucket] = [:]
            for _ in 0..<150 {
                if random.chance(50) { time += .random(in: 0...400_000_000, using: &random) }
                now.value = .nanoseconds(time)
                let who = Int.random(in: 0..<5, using: &random)
                var expected: (RateScope, Int64)?
                var charged = model
                for (scope, name, rate) in [(RateScope.server, "", rates[0]), (.client, "c\(who)", rates[1])] {
                    guard let rate = rate.flatMap({ Rate(perSecond: $0) }) else { continue }
                    var bucket = model[name] ?? ExactBucket(rate, now: 0)
                    let wait = bucket.take(now: time)
                    charged[name] = bucket
                    if let wait, wait > expected?.1 ?? 0 { expected = (scope, wait) }
                }
                if expected == nil { model = charged }
                let refusal = limiter.check(client(who))
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
                        sum + (limiter.check(.ipv4(UInt32(task))) == nil ? 1 : 0)
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
