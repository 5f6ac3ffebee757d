import Foundation
import RESP
import SeededRandom
import TestSupport
import Testing

extension Lifecycle {
    /// SIGTERM under load: every reply of a number that was taken arrives, every other number is given back.
    @Suite struct CleanStopTests {
        private static let rounds = TestEnvironment.isLong ? 200 : 50

        @Test func leavesNoGap() async throws {
            var random = SeededRandom(for: "clean stop")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            var longest = Duration.zero
            for round in 0..<Self.rounds {
                let settings = Settings.turns[round % Settings.turns.count]
                let server = try await OrdinalProcess.serve(in: directory, settings)
                let load = try Load(port: server.port, habits: Load.gapless, random: &random)
                async let takings = load.takings()
                try await load.isUnderWay()
                try await Task.sleep(for: random.milliseconds(5...300))
                let time = try await stop(server)
                longest = max(longest, time)
                let all = try await takings
                ledger.enter(all, isGapless: true)
                expectGoodEnd(all, after: time)
            }
            try await expectNothingLost(ledger, in: directory)
            print("clean stop: the longest took \(longest)")
            #expect(longest < .seconds(5))
            try expectSound(ledger, "clean stop")
            #expect(ledger.highest.values.reduce(0, +) == Int64(ledger.count), "the numbers are 1 to N")
        }

        /// Eviction gives numbers back while others are taken, and the stop meets it.
        @Test func leavesNoGapWhileIdleSequencesLeave() async throws {
            var random = SeededRandom(for: "clean stop with eviction")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            let names = (0..<40).map { "sequence-\($0)" }
            for _ in 0..<(TestEnvironment.isLong ? 20 : 4) {
                let server = try await OrdinalProcess.serve(
                    in: directory,
                    ["--set", "sequences.idle=1s", "--set", "segment.min=50", "--set", "log.level=debug"])
                let socket = try RedisSocket(port: server.port)
                var taking = Taking()
                // A few of them are in use at a time: the others leave, and come back in their turn.
                var (step, left, before) = (0, 0, 0)
                try await eventually("sequences leave; \(left) did") {
                    let name = names[(step / 10 + Int.random(in: 0..<8, using: &random)) % names.count]
                    taking.note(try socket.command("INCR", name), of: name)
                    (step, before) = (step + 1, left)
                    left = server.log.split(separator: "\n").count { $0.contains("idle sequence left memory") }
                    // The signal comes when some are just leaving.
                    return left >= 20 && left > before
                }
                server.signal(SIGTERM)
                while let reply = try socket.replyIfAny() { Issue.record("a reply to nothing: \(reply)") }
                socket.close()
                #expect(try await server.end() == 0)
                ledger.enter([taking], isGapless: true)
            }
            try await expectNothingLost(ledger, in: directory)
            try expectSound(ledger, "clean stop with eviction")
        }

        /// Ten thousand commands are on their way when the signal comes: those that were begun are answered, in order.
        @Test func answersWhatWasBegunOfABurst() async throws {
            var random = SeededRandom(for: "burst at SIGTERM")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            var cut = 0
            let size = 10_000
            let rounds = TestEnvironment.isLong ? 60 : 12
            for round in 0..<rounds {
                let server = try await OrdinalProcess.serve(in: directory, Settings.turns[round % Settings.turns.count])
                let port = server.port
                let sockets = 3
                let hasBegun = LockedFlag()
                async let takings = withThrowingTaskGroup { group in
                    for _ in 0..<sockets {
                        group.addTask { try await onThread { try Self.burst(of: size, port: port, hasBegun) } }
                    }
                    return try await group.reduce(into: [Taking]()) { $0.append($1) }
                }
                try await eventually("a burst is being answered") { hasBegun.isRaised }
                try await Task.sleep(for: random.milliseconds(0...10))
                let time = try await stop(server)
                let all = try await takings
                cut += all.count { (1..<size).contains($0.numbers["a"]?.count ?? 0) }
                ledger.enter(all, isGapless: true)
                expectGoodEnd(all.filter { !$0.numbers.isEmpty }, after: time)
            }
            try await expectNothingLost(ledger, in: directory)
            print("burst at SIGTERM: \(cut) of \(rounds * 3) bursts were cut short in their middle")
            try expectSound(ledger, "burst at SIGTERM")
            #expect(cut >= rounds, "too few signals came in the middle of a burst")
        }

        private static func burst(of size: Int, port: Int, _ hasBegun: LockedFlag) throws -> Taking {
            var taking = Taking()
            do {
                let socket = try RedisSocket(port: port)
                // Commands and replies fit the buffers of the sockets: neither side has to wait for the other to read.
                try socket.send(String(repeating: "INCR a\r\n", count: size))
                for _ in 0..<size {
                    guard let reply = try socket.replyIfAny() else { break }
                    taking.note(reply, of: "a")
                    if taking.numbers["a"]?.count == 1 { hasBegun.raise() }
                }
            } catch {
                // A client that came too late to be accepted, or was cut off while sending, says how.
                taking.breakage = "\(error)"
            }
            return taking
        }
    }
}

/// Stops a server with a signal, expects success, and answers how long it took by its own account.
func stop(_ server: OrdinalProcess, with signal: Int32 = SIGTERM) async throws -> Duration {
    #expect(try await server.end(signal) == 0, "\(server.log.suffix(1_000))")
    try await eventually("the log says that numbers were given back; it says: \(server.log.suffix(1_000))") {
        server.log.contains("every number not handed out was given back")
    }
    return try #require(server.timeOfStop)
}

/// Expects that the next number of each sequence is the one after the highest that a client got.
func expectNothingLost(_ ledger: Ledger, in directory: TemporaryDirectory) async throws {
    let server = try await OrdinalProcess.serve(in: directory)
    let socket = try RedisSocket(port: server.port)
    for (name, highest) in ledger.highest { #expect(try socket.number("INCR", name) == highest + 1, "\(name)") }
    socket.close()
    #expect(try await server.end() == 0)
}

/// Expects that every connection ended in good order, with no refusal but that the server stops.
///
/// - Parameter time: How long the stop took, where no number may be missing. A server listens for a second after its last
///   reply. A client that does not come to close in that time is cut off, which takes nothing from it if it was behind a
///   whole reply and the numbers are all there.
func expectGoodEnd(_ takings: [Taking], after time: Duration = .zero) {
    let mayBeReset = time >= .seconds(1)
    #expect(takings.compactMap(\.breakage).filter { !mayBeReset || $0 != RedisSocket.resetBehindAReply } == [])
    #expect(takings.flatMap(\.refusals).filter { !$0.contains("this node is stopping") }.prefix(3) == [])
}
