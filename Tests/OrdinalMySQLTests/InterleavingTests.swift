import DatabaseServers
import Ordinal
@testable import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// Two transactions, stopped at the worst moment of each other.
@Suite struct InterleavingTests {
    @Test func aLifeThatBeganAndEndedMeanwhileIsNotRevived() async throws {
        try await withSessions { one, two in
            let (name, life) = (SequenceName.sample("a"), Life.fresh)
            let outcome = try one.transact(.writing, for: .patient) { transaction in
                // What a creation that arrives for the second time finds.
                #expect(try !transaction.hasEnded(name, life))
                #expect(try transaction.live(name) == nil)
                let record = try two.transact(.writing, for: .patient) {
                    try $0.create(name, life: life, at: 0, options: .standard)
                }.get()
                let wasThere = try two.transact(.writing, for: .patient) { try $0.delete(name, life: life) }.get()
                #expect(wasThere)
                try transaction.insert(record)
            }
            #expect(throws: StoreError.ended) { try outcome.get() }
            let live = try two.transact(.reading, for: .patient) { try $0.live(name) }.get()
            #expect(live == nil)
        }
    }

    @Test func aCreationThatSomebodyForestalledFindsTheOther() async throws {
        try await withSessions { one, two in
            let name = SequenceName.sample("a")
            var rounds = 0
            var first: SequenceRecord?
            let outcome = try one.transact(.writing, for: .patient) { transaction in
                rounds += 1
                #expect(try transaction.live(name) == first)
                if first == nil {
                    first = try two.transact(.writing, for: .patient) {
                        try $0.create(name, life: .fresh, at: 5, options: .standard)
                    }.get()
                    // As if it had looked before.
                    let record = try SequenceRecord(
                        beginning: .fresh, of: name, at: 0, options: .standard, home: transaction.home)
                    try transaction.insert(record)
                }
                return try transaction.create(name, life: .fresh, at: 0, options: .standard)
            }
            let winner = try #require(first)
            #expect(throws: StoreError.exists(winner)) { try outcome.get() }
            #expect(rounds == 2)
        }
    }

    @Test func whatAReservationLooksAtStaysAsItIs() async throws {
        try await withSessions { one, two in
            let record = try one.transact(.writing, for: .patient) {
                try $0.create(.sample("a"), life: .fresh, at: 0, options: .standard)
            }.get()
            _ = try one.transact(.writing, for: .patient) { transaction in
                _ = try transaction.live(record.name)
                let failure = #expect(throws: TransactionFailure.self) {
                    try two.transact(.writing, for: .patient) {
                        try $0.advance(record.name, life: record.life, by: .to(5))
                    }
                }
                #expect(failure?.failure.code == 1_205)
            }
        }
    }

    /// Numbers of changes become visible in their order, and reservations have no part in it.
    @Test func whoCountsAChangeCountsAloneAndReservationsGoOn() async throws {
        try await withSessions { one, two in
            let (a, b) = try one.transact(.writing, for: .patient) {
                (
                    try $0.create(.sample("a"), life: .fresh, at: 0, options: .standard),
                    try $0.create(.sample("b"), life: .fresh, at: 0, options: .standard)
                )
            }.get()
            let moved = try one.transact(.writing, for: .patient) { transaction in
                let moved = try transaction.advance(a.name, life: a.life, by: .to(5)).record
                let failure = #expect(throws: TransactionFailure.self) {
                    try two.transact(.writing, for: .patient) { try $0.advance(b.name, life: b.life, by: .to(5)) }
                }
                #expect(failure?.failure.code == 1_205)
                let reservation = Reservation(
                    name: b.name, life: b.life, count: 10, above: .min, failoverOffset: .exactly(0),
                    stamp: Stamp(rawValue: 1))
                let reserved = try two.transact(.writing, for: .patient) { try $0.reserve(reservation) }.get()
                #expect(reserved.segment.last == 10)
                let created = try two.transact(.writing, for: .patient) {
                    try $0.create(.sample("c"), life: .fresh, at: 0, options: .standard)
                }.get()
                #expect(created.ceiling == 0)
                return moved
            }.get()
            #expect(moved.ceiling == 5)
        }
    }

    @Test func aCommitIsNotSentForSomebodyWhoWasAnswered() async throws {
        try await withSessions { one, two in
            let caller = Caller.patient
            let failure = #expect(throws: TransactionFailure.self) {
                try one.transact(.writing, for: caller) { transaction in
                    _ = caller.answer()
                    return try transaction.create(.sample("a"), life: .fresh, at: 0, options: .standard)
                }
            }
            guard case .notDone = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            let live = try two.transact(.reading, for: .patient) { try $0.live(.sample("a")) }.get()
            #expect(live == nil)
        }
    }

    @Test func aTransactionThatTheServerEndedIsNotCommitted() async throws {
        try await withSessions { one, two in
            let failure = #expect(throws: TransactionFailure.self) {
                try one.transact(.writing, for: .patient) { transaction in
                    let record = try transaction.create(.sample("a"), life: .fresh, at: 0, options: .standard)
                    try transaction.connection.run("ROLLBACK")
                    return record
                }
            }
            #expect(failure?.failure.description.contains("ended the transaction") == true)
            let live = try two.transact(.reading, for: .patient) { try $0.live(.sample("a")) }.get()
            #expect(live == nil)
        }
    }

    /// Two sessions on a database of their own, for work that blocks. They wait a second for a row.
    private func withSessions(
        _ body: @escaping @Sendable (StoreSession, StoreSession) throws -> Void
    ) async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let location = try server.location(database, "timeout=3s")
        let patient = try server.location(database, "timeout=30s")
        try await onThread {
            // The tables are made without haste.
            _ = try StoreSession(to: patient, pause: ReconnectPause()).transact(.reading, for: .patient) { _ in }
            let pause = ReconnectPause()
            try body(StoreSession(to: location, pause: pause), StoreSession(to: location, pause: pause))
        }
    }
}

extension Caller {
    fileprivate static var patient: Caller { Caller(deadline: .now + .seconds(30)) }
}

@Suite struct PoolTests {
    @Test func oneAnswerAndNoCommitAfterIt() {
        let caller = Caller(deadline: .now + .seconds(60))
        #expect(!caller.isLate && !caller.isAnswered)
        #expect(caller.beginCommit())
        #expect(!caller.beginCommit())
        #expect(caller.answer() == .committing)
        #expect(caller.answer() == .answered)
        let answered = Caller(deadline: .now + .seconds(60))
        #expect(answered.answer() == .waiting)
        #expect(!answered.beginCommit())
        let late = Caller(deadline: .now)
        #expect(!late.beginCommit())
        #expect(late.answer() == .waiting)
    }

    @Test func aServerThatFailedIsLeftAloneForAMoment() {
        let pause = ReconnectPause()
        var attempts = 0
        func attempt() -> String? {
            var failure: String?
            do {
                try pause.connecting { _ in
                    attempts += 1
                    throw MySQLFailure("attempt \(attempts)")
                }
            } catch { failure = "\(error)" }
            return failure
        }
        #expect(attempt() == "attempt 1")
        #expect(attempt() == "attempt 1")
        #expect(attempts == 1)
    }
}
