import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension HTTPTests {
    /// What idalloc does when its store stands still, and what Ordinal does.
    @Suite struct HTTPStoreAwayTests {
        private func frozen(_ kind: StoreKind) async throws -> (any TestServer, String) {
            if kind == .redis {
                let redis = try await RedisServer.start()
                return (redis, redis.url())
            }
            let mariaDB = try await MariaDBServer.start()
            return (mariaDB, mariaDB.url(try await mariaDB.makeDatabase()))
        }

        /// idalloc's break 3: a frozen store and a few unknown names delay a healthy, filled service.
        @Test(arguments: [StoreKind.redis, .mariaDB])
        func aFrozenStoreDelaysNobodyElse(kind: StoreKind) async throws {
            let (store, location) = try await frozen(kind)
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(),
                ["--store", location, "--set", "wait=2s", "--set", "segment.size=100000"])
            let client = try server.http()
            #expect(try client.alloc("filled", 2) == [1, 2])
            store.freeze()
            defer { store.thaw() }
            let waiting = try (0..<40).map { index in
                let waiting = try server.http()
                try waiting.sendRequest("POST", "/alloc", body: "{\"serviceName\":\"unknown-\(index % 8)\"}")
                return waiting
            }
            let started = ContinuousClock.now
            var (slowest, count) = (Duration.zero, Int64(2))
            while ContinuousClock.now - started < .seconds(1) {
                let begin = ContinuousClock.now
                #expect(try client.alloc("filled") == [count + 1])
                #expect(try server.client().number("INCR", "filled") == count + 2)
                slowest = max(slowest, ContinuousClock.now - begin)
                count += 2
            }
            print("\(count) numbers of a filled sequence beside 40 that wait for \(kind): the slowest took \(slowest)")
            #expect(slowest < .seconds(1))
            // idalloc's break 2: the waits do not add up, one after another.
            let handed = Unshared(waiting)
            for answer in try await onThread({ try handed.value.map { try $0.answer() } }) {
                #expect(answer.status == 503 && answer["retry-after"] == "1", "\(answer.head)\(answer.body)")
                #expect(try answer.decode(AllocAnswer.self).code == 501_000)
            }
            let told = ContinuousClock.now - started
            #expect(told < .seconds(10), "all were told after \(told)")
            #expect(try client.request("GET", "/healthz").status == 200)
            #expect([200, 503].contains(try client.request("GET", "/readyz").status))
            let problem = try await server.ask("POST", "/v1/sequences/unknown-9/next")
            #expect(problem.status == 503 && problem["retry-after"] != nil, "\(problem.body)")
            store.thaw()
            try await eventually("the store is back") {
                do { return try server.http().alloc("unknown-0") != [] } catch { return false }
            }
            #expect(try client.alloc("filled") == [count + 1])
        }

        /// A store that can hand out nothing and that is away: not ready; and ready again when it is back.
        @Test func readiness() async throws {
            struct Readiness: Decodable { let ready: Bool; let store_available: Bool; let reason: String? }
            let redis = try await RedisServer.start()
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(),
                ["--store", redis.url(), "--set", "wait=500ms", "--set", "segment.size=2"])
            func readiness() async throws -> (Int, Readiness) {
                let answer = try await server.ask("GET", "/readyz")
                return (answer.status, try answer.decode(Readiness.self))
            }
            try await eventually("it is ready") {
                let now = try await readiness()
                return now.0 == 200 && now.1.ready && now.1.store_available && now.1.reason == nil
            }
            #expect(try server.http().next("order") == 1)
            redis.kill()
            try await eventually("the loss is seen") {
                _ = try await server.ask("POST", "/v1/sequences/order/next")
                let now = try await readiness()
                return now.0 == 503 && !now.1.ready && now.1.reason != nil
            }
            #expect(try await server.ask("GET", "/healthz").body == "ok\n")
            try await redis.start()
            try await eventually("it is ready again") { try await readiness().0 == 200 }
        }

        /// idalloc's break 7: made-up names cost memory for ever.
        @Test func unknownNamesFillNoMemory() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "create=off"])
            let port = server.httpPort
            @Sendable func flood(_ round: Int) throws {
                let client = try HTTPSocket(port: port)
                for index in 0..<25 {
                    for name in (0..<40).map({ "made-up-\(round)-\(index)-\($0)" }) {
                        try client.sendRequest("GET", "/api/segment/get/\(name)")
                        try client.sendRequest("POST", "/alloc", body: "{\"serviceName\":\"\(name)-2\"}")
                    }
                    for _ in 0..<80 { #expect(try client.answer(to: "GET").status == 404) }
                }
            }
            // What requests cost at first is paid once, whatever their names.
            try await onThread { for round in -3...0 { try flood(round) } }
            let before = server.residentBytes
            try await onThread { for round in 1...8 { try flood(round) } }
            let growth = server.residentBytes - before
            print("16000 unknown names over HTTP: \(growth >> 10) KiB more")
            #expect(growth < 16 << 20, "\(growth) bytes more")
            #expect(try server.client().command("DBSIZE") == .integer(0))
            #expect(server.log.split(separator: "\n").count < 20, "the log grows with them")
        }

        /// Where whoever asks may create, there is a limit to how fast and how many.
        @Test func createdNamesAreBounded() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(),
                ["--set", "create_rate=50", "--set", "sequences.max=200"])
            let client = try server.http()
            let count = 300
            try client.send(
                (0..<count).map { HTTPSocket.text("POST", "/alloc", body: "{\"serviceName\":\"n-\($0)\"}") }.joined())
            var statuses: [Int: Int] = [:]
            for _ in 0..<count {
                let answer = try client.answer()
                statuses[answer.status, default: 0] += 1
                guard answer.status != 200 else { continue }
                #expect(try answer.decode(AllocAnswer.self).code == 429_000, "\(answer.body)")
                #expect(answer["retry-after"] != nil)
            }
            #expect(Set(statuses.keys) == [200, 429], "\(statuses)")
            #expect(statuses[200] ?? 0 <= 250, "\(statuses)")
            #expect(try server.info("sequences") <= 200)
            #expect(try server.info("live_sequences") <= 200)
            // What is there goes on.
            #expect(try client.alloc("n-0") == [2])
        }
    }
}
