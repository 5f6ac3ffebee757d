import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension HTTPTests {
    /// A request that is sent again gets the same numbers.
    @Suite struct IdempotencyTests {
        private static func key(_ key: String) -> [String: String] { ["Idempotency-Key": key] }
        private static let path = "/v1/sequences/order/next"

        @Test func repetition() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            let path = Self.path + "?count=3"
            let first = try client.request("POST", path, Self.key("one"))
            #expect(first.body == #"{"name":"order","count":3,"numbers":[1,2,3]}"# && first.status == 200)
            #expect(first["idempotency-replayed"] == nil)
            for _ in 0..<3 {
                // Also on another connection.
                let again = try server.http().request("POST", path, Self.key("one"))
                #expect(again.body == first.body && again.status == 200)
                #expect(again["idempotency-replayed"] == "true" && again["cache-control"] == "no-store")
                #expect(again["content-type"] == first["content-type"])
            }
            #expect(try client.next("order") == 4, "the repetitions took nothing")
            let run = try client.request("POST", "/v1/sequences/order/run?count=2", Self.key("run"))
            let again = try client.request("POST", "/v1/sequences/order/run?count=2", Self.key("run"))
            #expect(run.body == again.body && again["idempotency-replayed"] == "true")
            #expect(try client.next("order") == 7)
            // A key belongs to one sequence, and without a key nothing is remembered.
            #expect(try client.next("another", Self.key("one")) == 1)
            #expect(try client.next("another") == 2)
            #expect(try client.next("another", Self.key("two")) == 3)
            #expect(try client.next("another", Self.key("one")) == 1)
        }

        @Test func anotherRequestUnderTheSameKey() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            let first = try client.request("POST", Self.path, Self.key("k"), body: "{}")
            #expect(first.status == 200)
            for (target, body) in [
                (Self.path + "?count=2", "{}"), (Self.path + "?count=1", "{}"), (Self.path, "{ }"), (Self.path, ""),
            ] {
                let refused = try client.request("POST", target, Self.key("k"), body: body)
                #expect(try refused.decode(Problem.self).kind == "idempotency-key-reused" && refused.status == 422)
            }
            #expect(try client.request("POST", Self.path, Self.key("k"), body: "{}").body == first.body)
            #expect(try client.next("order") == 2)
            for bad in ["", String(repeating: "x", count: 1_000), "a b", "é"] {
                try client.refusal("POST", Self.path, Self.key(bad), status: 400, kind: "invalid-request")
            }
            #expect(try client.next("order") == 3)
        }

        @Test func anotherLifeHasNewNumbers() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            _ = try client.request("POST", "/v1/sequences", body: #"{"name":"order","start":100}"#)
            #expect(try client.next("order", Self.key("k")) == 100)
            #expect(try client.next("order", Self.key("k")) == 100)
            #expect(try client.request("DELETE", "/v1/sequences/order").status == 204)
            _ = try client.request("POST", "/v1/sequences", body: #"{"name":"order","start":500}"#)
            let anew = try client.request("POST", Self.path, Self.key("k"))
            #expect(anew["idempotency-replayed"] == nil)
            #expect(try anew.decode(NextAnswer.self).numbers == [500])
            #expect(try client.next("order", Self.key("k")) == 500)
            // Nor is a sequence answered for that is not there any more.
            #expect(try client.request("DELETE", "/v1/sequences/order").status == 204)
            #expect(try client.next("order", Self.key("k")) == 1)
        }

        /// What failed is not remembered: the same request may succeed later.
        @Test func failuresAreForgotten() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "create=off"])
            let client = try server.http()
            for _ in 0..<2 {
                try client.refusal("POST", Self.path, Self.key("k"), status: 404, kind: "no-such-sequence")
            }
            _ = try client.request("POST", "/v1/sequences", body: #"{"name":"order"}"#)
            #expect(try client.next("order", Self.key("k")) == 1)
            #expect(try client.next("order", Self.key("k")) == 1)
        }

        @Test func keysBelongToTheirClients() async throws {
            let directory = try TemporaryDirectory()
            try "use one 1234567890abcdef1\nuse two 1234567890abcdef2\n".write(
                toFile: directory.file("tokens"), atomically: true, encoding: .utf8)
            let server = try await OrdinalProcess.serveHTTP(
                in: directory, ["--set", "auth.tokens_file=\(directory.file("tokens"))"])
            let client = try server.http()
            func next(_ token: String) throws -> Int64 {
                try client.next("order", ["Idempotency-Key": "k", "Authorization": "Bearer 1234567890abcdef\(token)"])
            }
            #expect(try next("1") == 1)
            #expect(try next("2") == 2)
            #expect(try next("1") == 1)
            #expect(try next("2") == 2)
        }

        /// All fifty are there before the first is answered, because the store stands still.
        @Test func fiftyAtOnce() async throws {
            let redis = try await RedisServer.start()
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--store", redis.url(timeout: "30s"), "--set", "wait=60s"])
            redis.freeze()
            let clients = try (0..<50).map { _ in try server.http() }
            for client in clients { try client.sendRequest("POST", Self.path + "?count=4", Self.key("k")) }
            // Time for all to be read; should one come later, it is told the same.
            try await Task.sleep(for: .milliseconds(300))
            redis.thaw()
            let handed = Unshared(clients)
            let answers = try await onThread { try handed.value.map { try $0.answer() } }
            #expect(Set(answers.map(\.body)) == [#"{"name":"order","count":4,"numbers":[1,2,3,4]}"#])
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(answers.count { $0["idempotency-replayed"] == nil } == 1)
            #expect(try server.http().next("order") == 5)
            #expect(try await server.end() == 0)
        }

        /// The client is gone before the answer is there; whoever asks again gets what was taken for it.
        @Test(arguments: [false, true])
        func theConnectionBroke(byReset: Bool) async throws {
            let redis = try await RedisServer.start()
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--store", redis.url(timeout: "30s"), "--set", "wait=60s"])
            redis.freeze()
            for _ in 0..<5 {
                let client = try server.http()
                try client.sendRequest("POST", Self.path + "?count=7", Self.key("k"))
                try await Task.sleep(for: .milliseconds(20))
                byReset ? client.reset() : client.close()
            }
            redis.thaw()
            let answer = try await server.ask("POST", Self.path + "?count=7", Self.key("k"))
            #expect(answer.body == #"{"name":"order","count":7,"numbers":[1,2,3,4,5,6,7]}"#)
            #expect(try await server.ask("POST", Self.path + "?count=7", Self.key("k")).body == answer.body)
            #expect(try server.http().next("order") == 8)
        }

        /// The body of a request with a key is read before anything is done; half a body takes nothing.
        @Test func halfABodyTakesNothing() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let half = try server.http()
            try half.send(
                "POST \(Self.path) HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nContent-Length: 10\r\n\r\nabc")
            half.finishSending()
            #expect(try half.answer().status == 400)
            #expect(try server.http().next("order", Self.key("k")) == 1)
        }
    }
}

/// Something that one thread hands to another and does not use any more.
final class Unshared<Value>: @unchecked Sendable {
    // Not checked: whoever makes it lets go of it, so that one thread at a time uses the value.
    let value: Value
    init(_ value: Value) { self.value = value }
}
