import Foundation
import NIOConcurrencyHelpers
import RESPClient
import Testing

@testable import LoadGenerator

/// Loads on servers that answer as a test wants it.
@Suite struct LoadTests {
    private static let second: Int64 = 1_000_000_000

    private func options(_ server: FakeServer, _ change: (inout LoadOptions) -> Void) throws -> LoadOptions {
        var options = LoadOptions(address: server.address, workload: try Workload(command: "INCR a"))
        options.connections = 10
        change(&options)
        return options
    }

    /// Stands still for a second, once, in the middle of a load.
    private static func stallOnce() -> @Sendable (Int) -> String? {
        let state = NIOLockedValueBox<(begin: ContinuousClock.Instant?, hasStalled: Bool)>((nil, false))
        return { number in
            let stalls = state.withLockedValue { state in
                let begin = state.begin ?? .now
                state.begin = begin
                guard !state.hasStalled, begin.duration(to: .now) > .milliseconds(800) else { return false }
                state.hasStalled = true
                return true
            }
            if stalls { Thread.sleep(forTimeInterval: 1) }
            return ":\(number)\r\n"
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [LoadPace.Arrivals.poisson, .uniform])
    func anOpenLoopShowsAStallOfTheServer(arrivals: LoadPace.Arrivals) async throws {
        let result = try await FakeServer.run(answer: Self.stallOnce()) { server in
            try await LoadGenerator.run(
                options(server) {
                    $0.pace = .open(rate: 1_000, arrivals)
                    $0.duration = .seconds(3)
                    $0.patience = .seconds(60)
                })
        }
        // A third of all commands became due while it stood still, and waited for what was left of the second.
        #expect(result.latency.value(at: 0.99) > Self.second * 9 / 10)
        #expect(result.latency.value(at: 0.9) > Self.second / 2)
        #expect(result.latency.count == UInt64(result.replies))
        #expect(result.queued > 800)
        #expect((2_700...3_300).contains(result.replies))
        #expect(result.isClean)
    }

    @Test(.timeLimit(.minutes(2)))
    func aClosedLoopOmitsIt() async throws {
        var connections = 0
        let result = try await FakeServer.run(answer: Self.stallOnce()) { server in
            let options = try options(server) { $0.duration = .seconds(3) }
            connections = options.connections
            return try await LoadGenerator.run(options)
        }
        // That is why there is the open loop. Each connection has met it once, however many commands there were.
        #expect(result.latency.maximum > Self.second * 9 / 10)
        let others = 1 - Double(connections + 1) / Double(result.replies)
        #expect(result.latency.value(at: others) < Self.second / 2)
    }

    @Test(.timeLimit(.minutes(2)))
    func whatTheServerCannotDoQueuesAndIsSaid() async throws {
        // At most 200 per second, of 1,000.
        let answer: @Sendable (Int) -> String? = {
            Thread.sleep(forTimeInterval: 0.005)
            return ":\($0)\r\n"
        }
        let result = try await FakeServer.run(answer: answer) { server in
            try await LoadGenerator.run(
                options(server) {
                    $0.pace = .open(rate: 1_000, .uniform)
                    $0.duration = .seconds(2)
                    $0.patience = .milliseconds(500)
                })
        }
        #expect(result.queued > 100)
        #expect(result.unsent > 1_000)
        #expect(result.replies + result.unsent + result.unanswered == 2_000)
        #expect(result.latency.count == 2_000)
        #expect(result.latency.value(at: 0.5) > Self.second / 2)
        #expect(!result.isClean)
    }

    @Test(.timeLimit(.minutes(2)), arguments: [1, 3])
    func asManyCommandsAreSentAsAreAskedFor(threads: Int) async throws {
        for pace in [LoadPace.closed, .open(rate: 50_000, .poisson)] {
            let result = try await FakeServer.run(answer: { ":\($0)\r\n" }) { server in
                try await LoadGenerator.run(
                    options(server) {
                        ($0.pace, $0.count, $0.duration) = (pace, 1_001, nil)
                        ($0.pipeline, $0.threads, $0.checksNumbers) = (7, threads, true)
                    })
            }
            #expect(result.replies == 1_001)
            #expect(result.latency.count == 1_001)
            #expect(result.check?.numbers == 1_001)
            #expect(result.isClean, "\(result.errors) \(String(describing: result.check))")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func wrongNumbersAreCounted() async throws {
        // Number 40 again in place of 41, and a word in place of 50.
        let answer: @Sendable (Int) -> String? = { number in
            switch number {
            case 41: ":40\r\n"
            case 50: "+OK\r\n"
            default: "$\("\(number)".count)\r\n\(number)\r\n"
            }
        }
        let result = try await FakeServer.run(answer: answer) { server in
            try await LoadGenerator.run(
                options(server) { ($0.connections, $0.count, $0.checksNumbers) = (1, 100, true) })
        }
        let check = try #require(result.check)
        #expect(check.numbers == 99)
        #expect(check.repeated == 1)
        #expect(check.example == 40)
        #expect(check.notRising == 1)
        #expect(check.notNumbers == 1)
        #expect(!check.isGood && !result.isClean)
    }

    @Test(.timeLimit(.minutes(1)))
    func errorsAreCountedByTheirText() async throws {
        let answer: @Sendable (Int) -> String? = { number in
            switch number {
            case 1...3: "-ERR no\r\n"
            case 4: "-TRYAGAIN later\r\n"
            default: ":\(number)\r\n"
            }
        }
        let result = try await FakeServer.run(answer: answer) { server in
            try await LoadGenerator.run(options(server) { $0.count = 100 })
        }
        #expect(result.replies == 96)
        #expect(result.errors.texts == ["ERR no": 3, "TRYAGAIN later": 1])
        #expect(result.latency.count == 96)
        #expect(!result.isClean)
    }

    @Test func onlySoManyTextsOfErrorsAreKept() {
        var (first, second) = (ErrorTally(), ErrorTally())
        for number in 0..<30 { first.add("error \(number)") }
        for number in 0..<30 { second.add("another \(number)") }
        first.merge(second)
        #expect(first.texts.count == ErrorTally.maximumTexts)
        #expect(first.count == 60)
        #expect(first.texts.values.reduce(0, +) + first.others == 60)
    }

    @Test(.timeLimit(.minutes(1)))
    func aConnectionThatIsClosedIsAnErrorAndTheOthersGoOn() async throws {
        let result = try await FakeServer.run(answer: { $0 == 20 ? nil : ":\($0)\r\n" }) { server in
            try await LoadGenerator.run(options(server) { ($0.count, $0.duration) = (200, .seconds(5)) })
        }
        #expect(result.errors.texts == ["the server closed the connection": 1])
        #expect(result.unanswered == 1)
        #expect(result.replies == 199)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [LoadPace.closed, .open(rate: 100, .uniform)])
    func aServerThatNeverAnswersIsGivenUp(pace: LoadPace) async throws {
        let result = try await FakeServer.run(answer: { _ in "" }) { server in
            try await LoadGenerator.run(
                options(server) {
                    ($0.pace, $0.count, $0.duration, $0.silence) = (pace, 10, nil, .seconds(1))
                })
        }
        #expect(result.unanswered == 10)
        #expect(result.latency.count == 10)
        #expect(result.latency.maximum > Self.second / 2)
    }

    @Test(.timeLimit(.minutes(1)))
    func whatIsNoReplyEndsTheConnection() async throws {
        let result = try await FakeServer.run(answer: { _ in "what\r\n" }) { server in
            try await LoadGenerator.run(options(server) { $0.connections = 2 })
        }
        #expect(result.errors.texts.keys.allSatisfy { $0.hasPrefix("not a reply") })
        #expect(result.errors.count == 2)
        #expect(result.replies == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func progressIsTold() async throws {
        let told = NIOLockedValueBox<[LoadProgress]>([])
        let result = try await FakeServer.run(answer: { ":\($0)\r\n" }) { server in
            try await LoadGenerator.run(options(server) { $0.duration = .seconds(3) }) { progress in
                told.withLockedValue { $0.append(progress) }
            }
        }
        let progress = told.withLockedValue(\.self)
        #expect(progress.count >= 2)
        #expect(zip(progress.dropFirst(), progress).allSatisfy { $0.replies >= $1.replies })
        #expect(progress.allSatisfy { $0.replies > 0 && $0.rate >= 0 && $0.replies <= result.replies })
    }

    @Test func whatCannotBeDoneIsRefused() async throws {
        let workload = try Workload(command: "PING")
        let changes: [(inout LoadOptions) -> Void] = [
            { $0.connections = 0 }, { $0.pipeline = 0 }, { $0.threads = 1_000 }, { $0.count = -1 },
            { $0.duration = nil }, { $0.duration = .seconds(-1) }, { $0.pace = .open(rate: 0, .poisson) },
            { $0.pace = .open(rate: .nan, .poisson) },
        ]
        for change in changes {
            var options = LoadOptions(address: .host("127.0.0.1", port: 1), workload: workload)
            change(&options)
            await #expect(throws: LoadError.self) { try await LoadGenerator.run(options) }
        }
    }
}
