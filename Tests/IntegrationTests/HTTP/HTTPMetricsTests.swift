import Foundation
import NIOConcurrencyHelpers
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Metrics add up: what was counted is what clients got.
    @Suite struct HTTPMetricsTests {
        @Test func numbersOfBothFronts() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "segment.min=100"])
            let received = NIOLockedValueBox((http: 0, redis: 0, allocs: 0))
            let (port, redisPort) = (server.httpPort, server.port)
            _ = try server.http().next("c")
            try await withThrowingTaskGroup { group in
                for client in 0..<8 {
                    group.addTask {
                        try await onThread {
                            let (http, redis) = (try HTTPSocket(port: port), try RedisSocket(port: redisPort))
                            var (web, packed, allocs) = (0, 0, 0)
                            for round in 0..<60 {
                                switch (round + client) % 6 {
                                case 0, 1:
                                    web += try http.alloc(round % 2 == 0 ? "a" : "b", round % 7 + 1).count
                                    allocs += 1
                                case 2:
                                    let answer = try http.request("POST", "/v1/sequences/a/next?count=9")
                                    web += Int(try answer.decode(NextAnswer.self).count)
                                case 3: packed += try redis.number("INCR", "a") > 0 ? 1 : 0
                                case 4: packed += try redis.number("INCRBY", "b", "10") > 0 ? 10 : 0
                                default: web += try http.request("GET", "/api/segment/get/c").status == 200 ? 1 : 0
                                }
                            }
                            received.withLockedValue { $0 = ($0.http + web, $0.redis + packed, $0.allocs + allocs) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // A repetition hands out nothing; a segment hands out all that is in it.
            let key = ["Idempotency-Key": "k"]
            for _ in 0..<5 { _ = try server.http().next("c", key) }
            _ = try server.http().request("GET", "/id/nextSegmentId?bizType=c")
            let (http, redis, allocs) = received.withLockedValue(\.self)
            let metrics = try server.metrics()
            #expect(metrics[#"ordinal_numbers_issued_total{front="http"}"#] == Double(http + 1 + 1 + 1_000))
            #expect(metrics[#"ordinal_numbers_issued_total{front="redis"}"#] == Double(redis))
            let bySequence = metrics.filter { $0.key.hasPrefix("ordinal_sequence_numbers_issued_total{") }
            #expect(bySequence.values.reduce(0, +) == Double(http + redis + 1_002), "\(bySequence)")
            #expect(metrics[#"ordinal_http_requests_total{code="200",method="POST",route="/alloc"}"#] == Double(allocs))
            #expect(metrics[#"ordinal_http_request_duration_seconds_count{route="/alloc"}"#] == Double(allocs))
            // Nothing that was reserved is unaccounted for.
            let gaps = metrics.filter { $0.key.hasPrefix("ordinal_gap_numbers_total{") }.values.reduce(0, +)
            let inHand = metrics.filter { $0.key.hasPrefix("ordinal_sequence_in_hand{") }.values.reduce(0, +)
            #expect(metrics["ordinal_refill_numbers_total"] == Double(http + redis + 1_002) + gaps + inHand)
        }

        @Test func refusals() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "create=off"])
            let client = try server.http()
            for _ in 0..<3 { _ = try client.request("POST", "/alloc", body: "x") }
            for _ in 0..<4 { _ = try client.request("POST", "/v1/sequences/none/next") }
            let metrics = try server.metrics()
            #expect(metrics[#"ordinal_http_requests_total{code="400",method="POST",route="/alloc"}"#] == 3)
            let missing = #"ordinal_http_requests_total{code="404",method="POST",route="/v1/sequences/{name}/next"}"#
            #expect(metrics[missing] == 4)
            // However many paths and methods are made up, there are not more series.
            let before = metrics.count
            for index in 0..<200 { _ = try client.request("GET", "/made-up/\(index)") }
            for method in ["PURGE", "PROPFIND", "LOCK"] { _ = try client.request(method, "/alloc") }
            #expect(try server.metrics().count <= before + 4)
        }
    }
}

extension OrdinalProcess {
    /// What `/metrics` tells, by name and labels.
    func metrics() throws -> [String: Double] {
        let text = try http().request("GET", "/metrics").body
        return text.split(separator: "\n").reduce(into: [:]) { metrics, line in
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { return }
            metrics[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
    }
}
