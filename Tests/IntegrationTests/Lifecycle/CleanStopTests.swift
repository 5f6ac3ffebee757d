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
                try await Task.sleep(for: random.milliseconds(5...300))
                longest = max(longest, try await stop(server))
                let all = try await takings
                ledger.enter(all, isGapless: true)
                expectGoodEnd(all)
            }
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
                    in: directory, ["--set", "sequences.idle=1s", "--set", "segment.min=50"])
                let socket = try RedisSocket(port: server.port)
                var taking = Taking()
                let end = ContinuousClock.now + .milliseconds(1_700)
                while ContinuousClock.now < end {
                    let name = names[Int.random(in: 0..<names.count, using: &random)]
                    taking.note(try socket.command("INCR", name), of: name)
                    try await Task.sleep(for: .milliseconds(5))
                }
                server.signal(SIGTERM)
                while let reply = try socket.replyIfAny() { Issue.record("a reply to nothing: \(reply)") }
                socket.close()
                #expect(try await server.end() == 0)
                ledger.enter([taking], isGapless: true)
            }
            try expectSound(ledger, "clean stop with eviction")
        }

        /// Ten thousand commands are on their way when the signal comes: those that were begun are answered, in order.
        @Test func answersWhatWasBegunOfABurst() async throws {
            var random = SeededRandom(for: "burst at SIGTERM")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            var cut = 0
            let size = 10_000
            for round in 0..<(TestEnvironment.isLong ? 60 : 12) {
                let server = try await OrdinalProcess.serve(in: directory, Settings.turns[round % Settings.turns.count])
                let port = server.port
                let sockets = 3
                async let takings = withThrowingTaskGroup { group in
                    for _ in 0..<sockets {
                        group.addTask { try await onThread { try Self.burst(of: size, port: port) } }
                    }
                    return try await group.reduce(into: [Taking]()) { $0.append($1) }
                }
                try await Task.sleep(for: random.milliseconds(1...25))
                _ = try await stop(server)
                let all = try await takings
                cut += all.count { ($0.numbers["a"] ?? []).count < size }
                ledger.enter(all, isGapless: true)
                expectGoodEnd(all.filter { !$0.numbers.isEmpty })
            }
            print("burst at SIGTERM: \(cut) bursts were cut short")
            try expectSound(ledger, "burst at SIGTERM")
            #expect(cut > 0, "no signal came in the middle of a burst")
        }

        private static func burst(of size: Int, port: Int) throws -> Taking {
            var taking = Taking()
            do {
                let socket = try RedisSocket(port: port)
                // Commands and replies fit the buffers of the sockets: neither side has to wait for the other to read.
                try socket.send(String(repeating: "INCR a\r\n", count: size))
                for _ in 0..<size {
                    guard let reply = try socket.replyIfAny() else { break }
                    taking.note(reply, of: "a")
                }
            } catch {
                // A client that came too late to be accepted, or was cut off while sending, says how.
                taking.breakage = "\(error)"
            }
            return taking
        }
    }
}

/// Sends SIGTERM, expects success, and answers how long it took.
func stop(_ server: OrdinalProcess) async throws -> Duration {
    let begin = ContinuousClock.now
    #expect(try await server.end(SIGTERM) == 0, "\(server.log.suffix(1_000))")
    let duration = begin.duration(to: .now)
    try await eventually("the log says that numbers were given back; it says: \(server.log.suffix(1_000))") {
        server.log.contains("every number not handed out was given back")
    }
    return duration
}

/// Expects that every connection ended in good order, with no refusal but that the server stops.
func expectGoodEnd(_ takings: [Taking]) {
    #expect(takings.compactMap(\.breakage) == [])
    #expect(takings.flatMap(\.refusals).filter { !$0.contains("this node is stopping") }.prefix(3) == [])
}
