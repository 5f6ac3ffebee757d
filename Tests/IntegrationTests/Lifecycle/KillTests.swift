import Foundation
import SeededRandom
import TestSupport
import Testing

extension Lifecycle {
    /// Killed and paused at random moments under load: nothing repeats, nothing goes back.
    @Suite struct KillTests {
        private static let rounds = TestEnvironment.isLong ? 200 : 50

        @Test func killedUnderLoad() async throws {
            var random = SeededRandom(for: "kill -9 under load")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            for round in 0..<Self.rounds {
                let settings = Settings.turns[round % Settings.turns.count]
                let server = try await OrdinalProcess.serve(in: directory, settings)
                let load = try Load(port: server.port, habits: Load.all, random: &random)
                async let takings = load.takings()
                try await load.isUnderWay()
                try await Task.sleep(for: random.milliseconds(5...400))
                #expect(try await server.end(SIGKILL) == -SIGKILL)
                ledger.enter(try await takings)
            }
            try expectSound(ledger, "kill -9 under load")
        }

        @Test func killedDuringTheStart() async throws {
            var random = SeededRandom(for: "kill -9 during the start")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            let begin = ContinuousClock.now
            try await OrdinalProcess.serve(in: directory).end(SIGKILL)
            // How long a start takes here; less, as soon as one is seen to be faster.
            var start = begin.duration(to: .now)
            var early = 0
            for round in 0..<Self.rounds {
                let killed = try OrdinalProcess.start(in: directory, Settings.turns[round % Settings.turns.count])
                let delay = start * random.nextFraction()
                try await Task.sleep(for: delay)
                #expect(try await killed.end(SIGKILL) == -SIGKILL, "\(killed.log)")
                if killed.port == 0 { early += 1 } else { start = min(start, delay) }
                guard round % 5 == 4 else { continue }
                let server = try await OrdinalProcess.serve(in: directory)
                let load = try Load(port: server.port, habits: [.single, .pipelined(10)], random: &random)
                async let takings = load.takings()
                try await load.isUnderWay()
                try await Task.sleep(for: random.milliseconds(5...50))
                try await server.end(SIGKILL)
                ledger.enter(try await takings)
            }
            print("kill -9 during the start: \(early) of \(Self.rounds) did not serve yet, within \(start)")
            #expect(early * 2 >= Self.rounds, "too few were killed before they served")
            try expectSound(ledger, "kill -9 during the start")
        }

        @Test func killedDuringTheStop() async throws {
            var random = SeededRandom(for: "kill -9 during the stop")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            // How long a stop takes here: the first ones are not killed. Less, as soon as one is seen to be faster.
            var whole = Duration.seconds(30)
            let measured = Settings.turns.count
            var (killed, amid) = (0, 0)
            for round in 0..<measured + Self.rounds {
                let settings = Settings.turns[round % Settings.turns.count]
                let server = try await OrdinalProcess.serve(in: directory, settings)
                let load = try Load(port: server.port, habits: Load.all, random: &random)
                async let takings = load.takings()
                try await load.isUnderWay()
                try await Task.sleep(for: random.milliseconds(5...100))
                let begin = ContinuousClock.now
                server.signal(SIGTERM)
                if round < measured {
                    #expect(try await server.end(0) == 0)
                    whole = min(whole, begin.duration(to: .now))
                } else {
                    let delay = whole * random.nextFraction()
                    try await Task.sleep(for: delay)
                    let end = try await server.end(SIGKILL)
                    #expect(end == 0 || end == -SIGKILL, "\(server.log)")
                    if end == 0 { whole = min(whole, delay) } else { killed += 1 }
                    if server.log.contains(" stopping: "), !server.log.contains(" stopped: ") { amid += 1 }
                }
                ledger.enter(try await takings)
            }
            print(
                "kill -9 during the stop: \(killed) of \(Self.rounds) had not ended, \(amid) gave back, within \(whole)"
            )
            #expect(killed * 2 >= Self.rounds && amid * 5 >= Self.rounds, "too few were killed while they stopped")
            try expectSound(ledger, "kill -9 during the stop")
        }

        @Test func pausedUnderLoad() async throws {
            var random = SeededRandom(for: "SIGSTOP and SIGCONT under load")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            for settings in Settings.turns {
                let server = try await OrdinalProcess.serve(in: directory, settings)
                let load = try Load(port: server.port, habits: Load.all, random: &random)
                async let takings = load.takings()
                try await load.isUnderWay()
                // At least fifty in all.
                for _ in 0..<(TestEnvironment.isLong ? 50 : 17) {
                    try await Task.sleep(for: random.milliseconds(5...100))
                    server.freeze()
                    try await Task.sleep(for: random.milliseconds(5...300))
                    server.signal(SIGCONT)
                }
                #expect(try await server.end() == 0)
                ledger.enter(try await takings)
            }
            try expectSound(ledger, "SIGSTOP and SIGCONT under load")
        }
    }
}

/// Expects that nothing was violated, and that there was something to look at.
func expectSound(_ ledger: Ledger, _ what: String) throws {
    print("\(what): \(ledger.rounds) rounds, \(ledger.count) numbers, \(ledger.violations.count) violations")
    #expect(ledger.violations.prefix(10) == [])
    #expect(ledger.count > ledger.rounds * 10, "too few numbers to prove anything")
}
