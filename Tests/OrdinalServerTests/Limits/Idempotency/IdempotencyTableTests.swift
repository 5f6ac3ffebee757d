import Ordinal
import Testing

@testable import OrdinalServer

@Suite struct IdempotencyTableTests {
    typealias Table = IdempotencyTable<String>
    private var table = Table(IdempotencyLimits(keys: 3, bytes: 1_000, waiters: 4, waitersPerKey: 3))
    private var now = Duration.seconds(100)

    private mutating func begin(
        _ text: String, _ request: String = "a", room: Int = 10, ended: Life? = nil, wait: Duration = .seconds(5)
    ) throws -> Table.Beginning {
        table.begin(try key(text), fingerprint(request), room: room, ended: ended, deadline: now + wait, now: now)
    }

    private mutating func first(_ text: String, room: Int = 10, ended: Life? = nil) throws -> Table.Token {
        let beginning = try begin(text, room: room, ended: ended)
        guard case .first(let token) = beginning else { throw Unexpected(what: "\(beginning)") }
        return token
    }

    private mutating func wait(_ text: String, for wait: Duration = .seconds(5)) throws -> Table.Waiter {
        let beginning = try begin(text, wait: wait)
        guard case .wait(let waiter) = beginning else { throw Unexpected(what: "\(beginning)") }
        return waiter
    }

    private mutating func finish(_ token: Table.Token, _ answer: String, life: Life? = .one) -> [Table.Waiter] {
        table.finish(token, answer, bytes: answer.utf8.count, life: life, now: now)
    }

    @Test mutating func aRepeatIsAnsweredAsTheFirst() throws {
        let token = try first("k")
        #expect(finish(token, "1").isEmpty)
        guard case .replay("1", of: .one) = try begin("k") else { return unexpected() }
        guard case .mismatch(of: .one) = try begin("k", "b") else { return unexpected() }
        #expect(table.keys == 1)
    }

    @Test mutating func whoComesMeanwhileWaits() throws {
        let token = try first("k")
        let second = try wait("k")
        let third = try wait("k")
        guard case .mismatch(of: nil) = try begin("k", "b") else { return unexpected() }
        #expect(finish(token, "1") == [second, third])
        #expect(table.waiting == 0)
        #expect(table.nextDeadline() == nil)
        #expect(finish(token, "2").isEmpty)
        guard case .replay("1", of: .one) = try begin("k") else { return unexpected() }
    }

    @Test mutating func abandonedWorkGoesToWhoWaitsLongest() throws {
        let token = try first("k")
        let second = try wait("k")
        let third = try wait("k")
        let handed = table.abandon(token)
        let (next, successor) = try #require(handed)
        #expect(next == second)
        // The old token is worth nothing any more.
        #expect(table.abandon(token) == nil)
        #expect(finish(token, "0").isEmpty)
        let fourth = try wait("k")
        #expect(finish(successor, "1") == [third, fourth])
        guard case .replay("1", of: .one) = try begin("k") else { return unexpected() }
    }

    @Test mutating func abandonedWorkThatNobodyWaitsForIsForgotten() throws {
        let token = try first("k")
        let waiter = try wait("k")
        table.leave(waiter)
        #expect(table.abandon(token) == nil)
        #expect((table.keys, table.bytes, table.waiting) == (0, 0, 0))
        // Even another request may have the key now.
        guard case .first = try begin("k", "b") else { return unexpected() }
    }

    @Test mutating func whoseTimeIsOverWaitsNoLonger() throws {
        let token = try first("k")
        let patient = try wait("k", for: .seconds(9))
        let impatient = try wait("k", for: .seconds(2))
        let gone = try wait("k", for: .seconds(1))
        table.leave(gone)
        #expect(table.nextDeadline() == now + .seconds(2))
        #expect(table.expire(now: now + .milliseconds(1_999)).isEmpty)
        #expect(table.expire(now: now + .seconds(2)) == [impatient])
        #expect(table.nextDeadline() == now + .seconds(9))
        #expect(finish(token, "1") == [patient])
    }

    @Test mutating func anAnswerIsForgottenAfterItsLifetimeAndNotBefore() throws {
        _ = finish(try first("k"), "1")
        now += .seconds(600) - .nanoseconds(1)
        guard case .replay = try begin("k") else { return unexpected() }
        now += .nanoseconds(1)
        guard case .first = try begin("k", "b") else { return unexpected() }
    }

    @Test mutating func workMayTakeLongerThanALifetime() throws {
        let token = try first("k")
        now += .seconds(100_000)
        let waiter = try wait("k")
        #expect(finish(token, "1") == [waiter])
        now += .seconds(599)
        guard case .replay("1", of: .one) = try begin("k") else { return unexpected() }
    }

    @Test mutating func whatBelongsToAnEndedLifeDoesNotCount() throws {
        _ = finish(try first("k"), "1", life: .one)
        guard case .replay = try begin("k", ended: .two) else { return unexpected() }
        guard case .first(let token) = try begin("k", "b", ended: .one) else { return unexpected() }
        #expect(table.keys == 1)
        _ = finish(token, "2", life: .two)
        guard case .replay("2", of: .two) = try begin("k", "b", ended: .one) else { return unexpected() }
        // Without a life it counts whatever has ended.
        _ = finish(try first("without"), "3", life: nil)
        guard case .replay("3", of: nil) = try begin("without", ended: .one) else { return unexpected() }
    }

    @Test mutating func fullMeansThatNewKeysAreRefused() throws {
        for text in ["a", "b"] { _ = finish(try first(text), text) }
        now += .seconds(300)
        let pending = try first("c")
        guard case .full = try begin("d") else { return unexpected() }
        guard case .replay = try begin("a") else { return unexpected() }
        guard case .wait = try begin("c") else { return unexpected() }
        now += .seconds(300)
        // Two are over, and the pending one is not.
        _ = try first("d")
        _ = try first("e")
        guard case .full = try begin("f") else { return unexpected() }
        #expect(table.abandon(pending) != nil)
    }

    @Test mutating func bytesAreKeptFreeForAnswersUnderWay() throws {
        let one = try first("a", room: 400)
        let two = try first("b", room: 400)
        guard case .full = try begin("c", room: 200) else { return unexpected() }
        #expect(table.bytes == 800 + 2 * "aannaorders".utf8.count)
        _ = table.finish(one, "1", bytes: 100, life: nil, now: now)
        #expect(table.abandon(two) == nil)
        #expect(table.bytes == 100 + "aannaorders".utf8.count)
        guard case .full = try begin("c", room: .max) else { return unexpected() }
        _ = try first("c", room: .min)
    }

    @Test mutating func thoseWhoWaitAreBounded() throws {
        _ = try first("a")
        _ = try first("b")
        let waiter = try wait("a")
        for _ in 0..<2 { _ = try wait("a") }
        guard case .tooManyWaiters = try begin("a") else { return unexpected() }
        _ = try wait("b")
        guard case .tooManyWaiters = try begin("b") else { return unexpected() }
        table.leave(waiter)
        table.leave(waiter)
        _ = try wait("b")
        #expect(table.waiting == 4)
    }

    @Test mutating func aClockThatGoesBackForgetsNothingEarly() throws {
        _ = finish(try first("a"), "1")
        now -= .seconds(50)
        _ = finish(try first("b"), "2")
        now += .seconds(649)
        guard case .replay = try begin("a") else { return unexpected() }
        guard case .replay = try begin("b") else { return unexpected() }
        now += .seconds(1)
        guard case .first = try begin("b") else { return unexpected() }
    }

    @Test mutating func manyKeysTakeNoMoreThanTheirRoom() throws {
        let name = try SequenceName("orders")
        table = Table(IdempotencyLimits(keys: 1_000, bytes: 30_000, lifetime: .seconds(1)))
        var (refused, done) = (0, 0)
        for number in 0..<100_000 {
            // Ten thousand in each lifetime, ten times what there is room for.
            now += .microseconds(100)
            let key = try #require(IdempotencyKey(String(number).utf8, principal: "anna", sequence: name))
            let request = RequestFingerprint.Maker().fingerprint()
            switch table.begin(key, request, room: 20, deadline: now, now: now) {
            case .first(let token):
                _ = table.finish(token, "", bytes: 20, life: .one, now: now)
                done += 1
            case .full: refused += 1
            default: return unexpected()
            }
            if table.keys > 1_000 || table.bytes > 30_000 { return unexpected() }
        }
        #expect(done + refused == 100_000)
        // Ten lifetimes, each with at most 1,000 keys of 30 bytes or more.
        #expect((8_000...11_000).contains(done))
    }

    @Test func keysAreVisibleASCII() throws {
        let name = try SequenceName("orders")
        func isKey(_ bytes: [UInt8]) -> Bool { IdempotencyKey(bytes, principal: "", sequence: name) != nil }
        #expect(!isKey([]))
        #expect(isKey([0x21]) && isKey([0x7E]))
        #expect(!isKey([0x20]) && !isKey([0x7F]) && !isKey([0x80]) && !isKey([0]))
        #expect(isKey(Array(repeating: 65, count: 255)) && !isKey(Array(repeating: 65, count: 256)))
        #expect(try key("a") == key("a"))
        #expect(try key("a") != key("b"))
        #expect(try key("a") != key("a", principal: "bert"))
        #expect(try key("a") != key("a", sequence: "bills"))
        // The same text for `String`, and other bytes.
        #expect(try key("a", principal: "caf\u{E9}") != key("a", principal: "cafe\u{301}"))
    }

    @Test func fingerprintsTellRequestsApart() {
        #expect(fingerprint("POST", "/v1", "{}") == fingerprint("POST", "/v1", "{}"))
        #expect(fingerprint("POST", "/v1", "{}") != fingerprint("POST", "/v1{", "}"))
        #expect(fingerprint("a", "") != fingerprint("a"))
        #expect(fingerprint("") != fingerprint())
    }

    private func unexpected(_ location: SourceLocation = #_sourceLocation) {
        Issue.record("another outcome", sourceLocation: location)
    }
}

struct Unexpected: Error { let what: String }
