import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Who asks too often is told when to come back, on both fronts.
    @Suite struct RateLimitTests {
        /// How many of so many requests at once are served; the others are told to wait.
        private func burst(
            _ count: Int, _ client: HTTPSocket, _ target: String = "/v1/sequences/order/next",
            _ fields: [String: String] = [:], status: Int = 429
        ) throws -> Int {
            try client.send(String(repeating: HTTPSocket.text("POST", target, fields), count: count))
            var served = 0
            for _ in 0..<count {
                let answer = try client.answer()
                if answer.status == 200 { served += 1; continue }
                #expect(answer.status == status, "\(answer.body)")
                #expect(Int(answer["retry-after"] ?? "") ?? 0 >= 1, "\(answer.head)")
                #expect(try answer.decode(Problem.self).kind == "rate-limited")
            }
            return served
        }

        @Test(arguments: ["rate.client", "rate.server", "rate.sequence"])
        func bothFronts(key: String) async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "\(key)=50"])
            let (client, redis) = (try server.http(), try server.client())
            _ = try client.next("order")
            let served = try burst(500, client)
            // What there is at once, and what comes while the burst is worked on, on a slow machine.
            #expect((1...250).contains(served), "\(served) were served")

            // Both fronts count together: after the burst there is nothing left for Redis clients either.
            try client.send(String(repeating: HTTPSocket.text("POST", "/v1/sequences/order/next"), count: 200))
            try redis.send(String(repeating: "INCR order\r\n", count: 500))
            var refusals: [String] = []
            for _ in 0..<500 {
                if case .error(let error) = try redis.reply() { refusals.append("\(error)") }
            }
            for _ in 0..<200 { _ = try client.answer() }
            #expect(refusals.count > 250)
            #expect(refusals.allSatisfy { $0.hasPrefix("TRYAGAIN ") }, "\(refusals.first ?? "")")

            // Health is never limited.
            try client.send(
                String(repeating: HTTPSocket.text("GET", "/healthz") + HTTPSocket.text("GET", "/readyz"), count: 300))
            for _ in 0..<600 { #expect(try client.answer().status == 200) }
            // Another sequence has its own limit, if that is what is limited.
            _ = try burst(200, client)
            let other = try burst(10, client, "/v1/sequences/other/next")
            if key == "rate.sequence" { #expect(other == 10, "\(other)") }
            // Whoever waits as long as told is served.
            try await Task.sleep(for: .milliseconds(1_100))
            #expect(try client.request("POST", "/v1/sequences/order/next").status == 200)
        }

        /// Who has proved who they are has a limit of their own, wherever they come from.
        @Test func eachClientHasItsOwn() async throws {
            let directory = try TemporaryDirectory()
            try "use one 1234567890abcdef1\nuse two 1234567890abcdef2\n".write(
                toFile: directory.file("tokens"), atomically: true, encoding: .utf8)
            let server = try await OrdinalProcess.serveHTTP(
                in: directory,
                ["--set", "rate.client=20", "--set", "auth.tokens_file=\(directory.file("tokens"))"])
            let client = try server.http()
            let path = "/v1/sequences/order/next"
            let (one, two) = (
                ["Authorization": "Bearer 1234567890abcdef1"], ["Authorization": "Bearer 1234567890abcdef2"]
            )
            #expect(try burst(200, client, path, one) < 100)
            #expect(try client.request("POST", path, two).status == 200)
            // Who guesses tokens is slowed down.
            try client.send(String(repeating: HTTPSocket.text("POST", path, ["Authorization": "Bearer x"]), count: 200))
            let answers = try (0..<200).map { _ in try client.answer().status }
            #expect(Set(answers) == [401, 429])
            #expect(answers.count { $0 == 401 } < 100)
            // What nobody is does not count against those who are somebody.
            #expect(try client.request("POST", path, two).status == 200)
        }

        /// idalloc and tinyid say it in their own words.
        @Test func inTheWordsOfTheOthers() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "rate.client=1"])
            let client = try server.http()
            _ = try client.next("order")
            let body = #"{"serviceName":"order"}"#
            try client.send(String(repeating: HTTPSocket.text("POST", "/alloc", body: body), count: 20))
            let answers = try (0..<20).map { _ in try client.answer() }.filter { $0.status != 200 }
            #expect(answers.count >= 15)
            for answer in answers {
                #expect(answer.status == 429 && answer["retry-after"] == "1", "\(answer.head)")
                #expect(try answer.decode(AllocAnswer.self).code == 429_000, "\(answer.body)")
            }
            try client.send(String(repeating: HTTPSocket.text("GET", "/id/nextId?bizType=order"), count: 20))
            let tinyid = try (0..<20).map { _ in try client.answer() }.filter { $0.status != 200 }
            #expect(tinyid.count >= 15)
            #expect(tinyid.allSatisfy { $0.status == 429 && $0.body.hasPrefix(#"{"data":null,"code":6,"#) })
            try client.send(String(repeating: HTTPSocket.text("GET", "/api/segment/get/order"), count: 20))
            #expect(try (0..<20).map { _ in try client.answer().status }.count { $0 == 429 } >= 15)
        }
    }
}
