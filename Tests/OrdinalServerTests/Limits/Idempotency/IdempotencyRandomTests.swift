import Ordinal
import SeededRandom
import Testing

@testable import OrdinalServer

/// The table in random orders of events, beside a model that keeps everything in lists and looks through them.
@Suite struct IdempotencyRandomTests {
    @Test func agreesWithAModel() throws {
        for seed in 0..<300 as Range<UInt64> {
            var world = RandomTable(seed: seed)
            do { try world.run(steps: 150) } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
    }
}

struct RandomTable {
    typealias Table = IdempotencyTable<Int>

    struct Key: Hashable { let text: String }

    struct Record {
        let text: String
        let request: String
        var token: Table.Token
        var bytes: Int
        var answer: (number: Int, life: Life?, end: Duration)?
        var waiters: [(id: Table.Waiter, deadline: Duration)] = []
    }

    private var random: SeededRandom
    private let limits: IdempotencyLimits
    private var table: Table
    private var now = Duration.seconds(10)
    private var records: [Record] = []
    /// When the places of answers end that were replaced before their time.
    private var replaced: [Duration] = []
    private var seen: Set<Table.Token> = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        limits = IdempotencyLimits(
            keys: .random(in: 1...6, using: &random), bytes: .random(in: 30...200, using: &random),
            lifetime: .seconds(20), waiters: .random(in: 1...6, using: &random),
            waitersPerKey: .random(in: 1...4, using: &random))
        table = Table(limits)
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            if random.chance(40) { now += .milliseconds(Int64.random(in: 0...4_000, using: &random)) }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<50: try begin()
            case 50..<70: try finish()
            case 70..<80: try abandon()
            case 80..<90: leave()
            default: try expire()
            }
            try compare()
        }
    }

    private mutating func begin() throws {
        let text = "k\(Int.random(in: 0..<8, using: &random))"
        let request = random.chance(90) ? "a" : "b"
        let ended = [nil, Life.one, .two].randomElement(using: &random) ?? nil
        let room = Int.random(in: 0...40, using: &random)
        let deadline = now + .seconds(Int64.random(in: 0...9, using: &random))
        let beginning = table.begin(
            try key(text), fingerprint(request), room: room, ended: ended, deadline: deadline, now: now)
        records.removeAll { $0.answer.map { $0.end <= now } ?? false }
        replaced.removeAll { $0 <= now }
        if let index = records.firstIndex(where: { $0.text == text }), let answer = records[index].answer,
            let life = answer.life, life == ended
        {
            records.remove(at: index)
            replaced.append(answer.end)
        }
        let size = try key(text).byteCount + room
        if let index = records.firstIndex(where: { $0.text == text }) {
            let record = records[index]
            switch beginning {
            case .replay(let number, let life):
                try check(record.answer.map { $0.number == number && $0.life == life } ?? false, "replay")
                try check(record.request == request, "replay of another request")
            case .mismatch(let life):
                try check(record.request != request && record.answer?.life == life, "mismatch")
            case .wait(let waiter):
                try check(record.answer == nil && record.request == request, "wait")
                try check(record.waiters.count < limits.waitersPerKey && waiting < limits.waiters, "wait in a crowd")
                records[index].waiters.append((waiter, deadline))
            case .tooManyWaiters:
                try check(record.answer == nil && record.request == request, "too many")
                try check(
                    record.waiters.count >= limits.waitersPerKey || waiting >= limits.waiters, "too many of a few")
            case .first, .full:
                throw Unexpected(what: "a known key begins anew")
            }
            return
        }
        let hasRoom =
            records.count + replaced.count < limits.keys
            && records.reduce(size) { $0 + $1.bytes } <= limits.bytes
        switch beginning {
        case .first(let token):
            try check(hasRoom, "first without room")
            try check(seen.insert(token).inserted, "a token twice")
            records.append(Record(text: text, request: request, token: token, bytes: size))
        case .full: try check(!hasRoom, "full with room")
        default: throw Unexpected(what: "\(beginning) of an unknown key")
        }
    }

    private mutating func finish() throws {
        guard let index = pendingIndex() else { return }
        let room = records[index].bytes - (try key(records[index].text).byteCount)
        let size = Int.random(in: 0...room, using: &random)
        let life = [nil, Life.one, .two].randomElement(using: &random) ?? nil
        let number = Int.random(in: 0...1_000_000, using: &random)
        let woken = table.finish(records[index].token, number, bytes: size, life: life, now: now)
        try check(woken == records[index].waiters.map(\.id), "woken")
        records[index].waiters = []
        records[index].bytes -= room - size
        records[index].answer = (number, life, now + limits.lifetime)
        try check(table.abandon(records[index].token) == nil, "abandoned after it was finished")
    }

    private mutating func abandon() throws {
        guard let index = pendingIndex() else { return }
        let next = table.abandon(records[index].token)
        try check(next?.0 == records[index].waiters.first?.id, "the next one")
        guard let (_, token) = next else {
            records.remove(at: index)
            return
        }
        try check(seen.insert(token).inserted, "a token twice")
        records[index].token = token
        records[index].waiters.removeFirst()
    }

    private mutating func leave() {
        let all = records.flatMap { $0.waiters.map(\.id) }
        guard let id = all.randomElement(using: &random) else { return }
        table.leave(id)
        for index in records.indices { records[index].waiters.removeAll { $0.id == id } }
    }

    private mutating func expire() throws {
        let expected = records.flatMap { record in record.waiters.filter { $0.deadline <= now }.map(\.id) }
        try check(Set(table.expire(now: now)) == Set(expected), "expired")
        for index in records.indices { records[index].waiters.removeAll { $0.deadline <= now } }
    }

    private mutating func compare() throws {
        try check(table.waiting == waiting, "those who wait")
        try check(table.keys >= records.count(where: { $0.answer.map { $0.end > now } ?? true }), "forgotten early")
        try check(table.keys <= limits.keys && table.bytes <= limits.bytes, "too much")
        try check(table.nextDeadline() == records.flatMap { $0.waiters.map(\.deadline) }.min(), "the next deadline")
    }

    private var waiting: Int { records.reduce(0) { $0 + $1.waiters.count } }

    private mutating func pendingIndex() -> Int? {
        records.indices.filter { records[$0].answer == nil }.randomElement(using: &random)
    }

    private func check(_ condition: Bool, _ what: String) throws {
        if !condition { throw Unexpected(what: what) }
    }
}
