import Foundation
import RESP
import TestSupport
import Testing

extension Lifecycle {
    /// Deleted and created again, and restarted with FORCE, while numbers of the old life are in hand and under way.
    @Suite struct LifeTests {
        @Test func aDeletedSequenceBeginsAnew() async throws {
            let scene = try await RestoreScene("segment.min=1000", "log.level=info")
            var lives: [String] = []
            for _ in 0..<5 {
                #expect(try scene.take(25) == 25, "a new life begins at 1")
                lives.append(try scene.life())
                #expect(try scene.socket.command("DEL", "orders") == .integer(1))
                #expect(try scene.socket.command("GET", "orders") == .integer(0))
                #expect(try scene.socket.command("DEL", "orders") == .integer(0))
                scene.forget("orders")
            }
            #expect(Set(lives).count == 5)
            #expect(try scene.count("lives_ended") == 5)
            try await eventually("the log tells of each ending; it says: \(scene.server.log)") {
                Self.endings(in: scene.server.log) == lives.map { "life=\($0) sequence=orders" }
            }
            try await scene.stop()
            try await scene.start()
            #expect(try scene.take(1) == 1)
            try await scene.stop()
        }

        @Test func forceBeginsANewLife() async throws {
            let scene = try await RestoreScene("segment.min=1000", "log.level=info")
            #expect(try scene.take(500) == 500)
            let life = try scene.life()
            #expect(try scene.socket.command("SET", "orders", "7", "FORCE") == .simple("OK"))
            scene.forget("orders")
            #expect(try scene.take(1) == 8)
            #expect(try scene.life() != life)
            #expect(try scene.count("lives_ended") == 1)
            try await eventually("the log tells of the ending; it says: \(scene.server.log)") {
                Self.endings(in: scene.server.log) == ["life=\(life) sequence=orders"]
            }
            #expect(try scene.take(1_000) == 1_008)
            try await scene.stop()
            try await scene.start()
            #expect(try scene.take(1) == 1_009, "the new life is what was stored")
            try await scene.stop()
        }

        /// How a life ends while others take numbers of it.
        enum Ending: String, CaseIterable {
            case delete = "DEL orders\r\n"
            case force = "SET orders 0 FORCE\r\n"
        }

        /// Within one life no number comes twice, and after the ending was confirmed nothing of the old life comes.
        @Test(arguments: Ending.allCases, Settings.turns)
        func endedUnderLoad(ending: Ending, settings: [String]) async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(in: directory, settings + ["--set", "log.level=info"])
            let port = server.port
            let endings = TestEnvironment.isLong ? 60 : 12
            let (hasBegun, hasEnded) = (LockedFlag(), LockedFlag())
            async let requests = withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { try await onThread { try Self.take(hasBegun, until: hasEnded, port: port) } }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            defer { hasEnded.raise() }
            try await eventually("numbers are taken") { hasBegun.isRaised }
            let (boundaries, ended) = try await onThread {
                let socket = try RedisSocket(port: port)
                var (boundaries, ended): ([ClosedRange<ContinuousClock.Instant>], Int) = ([], 0)
                for _ in 0..<endings {
                    usleep(.random(in: 1_000...40_000))
                    let begin = ContinuousClock.now
                    try socket.send(ending.rawValue)
                    switch try socket.reply() {
                    case .simple("OK"), .integer(1): ended += 1
                    // Nobody has taken a number since the last time.
                    case .integer(0): break
                    case let reply: throw Failure("\(reply)")
                    }
                    boundaries.append(begin...ContinuousClock.now)
                }
                usleep(20_000)
                hasEnded.raise()
                return (boundaries, ended)
            }
            let all = try await requests
            #expect(ended * 2 > endings, "too few lives ended to prove anything")
            #expect(try server.info("lives_ended") == ended)
            #expect(try await server.end() == 0)
            let told = Self.endings(in: server.log)
            #expect(told.count == ended && Set(told).count == ended, "each is told once: \(told)")
            let lives = Self.lives(of: all, between: boundaries)
            print("\(ending) \(settings): \(endings) lives ended, \(all.count) numbers")
            for (index, life) in lives.enumerated() {
                let certain = life.certain.map(\.number).sorted()
                #expect(Set(certain).count == certain.count, "life \(index): a number came twice")
                // Numbers of a new life begin at 1 and none is left out; one of the old life would stand out.
                #expect(
                    (certain.last ?? 0) <= certain.count + life.possible, "life \(index): up to \(certain.last ?? 0)")
            }
        }

        /// What the log says of the lives that ended.
        private static func endings(in log: String) -> [String] {
            log.split(separator: "\n").compactMap { line in
                line.firstRange(of: " info  a life ended ").map { String(line[$0.upperBound...]) }
            }
        }

        private struct Request: Sendable {
            let number: Int64
            let sent: ContinuousClock.Instant
            let answered: ContinuousClock.Instant
        }

        private static func take(
            _ hasBegun: LockedFlag, until hasEnded: LockedFlag, port: Int
        ) throws -> [Request] {
            let socket = try RedisSocket(port: port)
            var requests: [Request] = []
            while !hasEnded.isRaised {
                let sent = ContinuousClock.now
                let number = try socket.number("INCR", "orders")
                requests.append(Request(number: number, sent: sent, answered: .now))
                if requests.count == 1 { hasBegun.raise() }
            }
            return requests
        }

        /// The requests of each life: those that fell between two endings, and how many overlapped one of the two.
        private static func lives(
            of requests: [Request], between boundaries: [ClosedRange<ContinuousClock.Instant>]
        ) -> [(certain: [Request], possible: Int)] {
            (0...boundaries.count).map { index in
                let begin = index == 0 ? nil : boundaries[index - 1]
                let end = index == boundaries.count ? nil : boundaries[index]
                let certain = requests.filter { request in
                    (begin.map { request.sent > $0.upperBound } ?? true)
                        && (end.map { request.answered < $0.lowerBound } ?? true)
                }
                let possible = requests.count { request in
                    [begin, end].contains { boundary in
                        boundary.map { request.sent <= $0.upperBound && request.answered >= $0.lowerBound } ?? false
                    }
                }
                return (certain, possible)
            }
        }
    }
}
