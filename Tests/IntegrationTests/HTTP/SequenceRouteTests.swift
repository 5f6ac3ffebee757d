import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Ordinal's own requests, `/v1`.
    @Suite struct SequenceRouteTests {
        @Test func numbersAndRanges() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            func body(_ query: String = "", of name: String = "order") throws -> String {
                let answer = try client.request("POST", "/v1/sequences/\(name)/next\(query)")
                #expect(answer.status == 200 && answer["cache-control"] == "no-store", "\(answer.head)\(answer.body)")
                #expect(answer["content-type"] == "application/json; charset=utf-8")
                return answer.body
            }
            #expect(try body() == #"{"name":"order","count":1,"numbers":[1]}"#)
            #expect(try body("?count=1") == #"{"name":"order","count":1,"numbers":[2]}"#)
            #expect(try body("?count=3") == #"{"name":"order","count":3,"numbers":[3,4,5]}"#)
            #expect(try body("?count=2&numbers=string") == #"{"name":"order","count":2,"numbers":["6","7"]}"#)
            let range = #"{"name":"order","count":3,"ranges":[{"first":8,"last":10,"increment":1,"count":3}]}"#
            #expect(try body("?count=3&as=ranges") == range)

            // Up to a thousand are listed.
            let list = try client.request("POST", "/v1/sequences/order/next?count=1000").decode(NextAnswer.self)
            #expect(list.numbers == Array(11...1_010) && list.ranges == nil)
            let many = try client.request("POST", "/v1/sequences/order/next?count=1000000").decode(NextAnswer.self)
            #expect(many.numbers == nil && many.count == 1_000_000)
            let ranges = try #require(many.ranges)
            #expect(ranges.reduce(0) { $0 + $1.count } == 1_000_000)
            #expect(ranges.allSatisfy { $0.last - $0.first + 1 == $0.count })
            #expect(ranges.first?.first == 1_011)
            #expect(try client.next("order") == (ranges.last?.last ?? 0) + 1)
            // A run is one range.
            let run = try client.request("POST", "/v1/sequences/order/run?count=5000").decode(NextAnswer.self)
            #expect(run.ranges?.count == 1 && run.ranges?.first?.count == 5_000)

            for query in [
                "count=0", "count=-1", "count=1000001", "count=x", "count=", "count=1&count=1", "numbers=words",
                "as=list", "count=99999999999999999999", "count=%zz",
            ] {
                try client.refusal("POST", "/v1/sequences/order/next?\(query)", status: 400, kind: "invalid-request")
            }
        }

        /// Above 2^53 a double is not exact any more.
        @Test func numbersThatADoubleCannotHold() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            let creation = try client.request(
                "POST", "/v1/sequences", body: #"{"name":"big","start":"9007199254740991"}"#)
            #expect(creation.status == 201 && creation["location"] == "/v1/sequences/big")
            func numbers(_ query: String = "") throws -> String {
                let text = try client.request("POST", "/v1/sequences/big/next\(query)").body
                return String(text.dropFirst(#"{"name":"big","count":1,"#.count))
            }
            #expect(try numbers() == #""numbers":[9007199254740991]}"#)
            #expect(try numbers() == #""numbers":["9007199254740992"]}"#)
            #expect(try numbers("?numbers=number") == #""numbers":[9007199254740993]}"#)
            #expect(try numbers("?numbers=auto") == #""numbers":["9007199254740994"]}"#)
            #expect(
                try numbers("?as=ranges")
                    == #""ranges":[{"first":"9007199254740995","last":"9007199254740995","increment":"1","count":1}]}"#)
            // idalloc and Leaf know numbers only.
            #expect(try client.alloc("big") == [9_007_199_254_740_996])
            #expect(try client.request("GET", "/api/segment/get/big").body == "9007199254740997")
        }

        @Test func createShowChangeAdvanceDelete() async throws {
            struct Shown: Decodable {
                struct Node: Decodable { let next: Int64?; let in_hand: Int64; let issued: Int64 }
                let name: String, life: String, ceiling: Int64, origin: Int64, increment: Int64, maximum: Int64
                let node: Node?
            }
            struct Explanation: Decodable {
                let name: String, increment: Int64, maximum: Int64, next: Int64?, in_hand: Int64, at_risk: Int64
                let failover_offset: Int64, store_available: Bool
            }
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            let path = "/v1/sequences/order"
            try client.refusal("GET", path, status: 404, kind: "no-such-sequence")
            let new = #"{"name":"order","start":101,"increment":5,"maximum":1000000}"#
            let created = try client.request("POST", "/v1/sequences", body: new)
            #expect(created.status == 201 && created["cache-control"] == "no-store")
            #expect(try created.decode(Shown.self).maximum == 1_000_000)
            try client.refusal("POST", "/v1/sequences", body: new, status: 409, kind: "sequence-exists")
            #expect(try client.next("order") == 101)
            #expect(try client.next("order") == 106)

            let shown = try client.request("GET", path).decode(Shown.self)
            #expect(shown.name == "order" && shown.increment == 5 && shown.maximum == 1_000_000)
            #expect(shown.node?.next == 111 && shown.node?.issued == 2)
            #expect(try created.decode(Shown.self).life == shown.life)

            let limit = try client.request("PATCH", path, body: #"{"maximum":2000000}"#).decode(Shown.self)
            #expect(limit.maximum == 2_000_000)
            try client.refusal("PATCH", path, body: #"{"maximum":50}"#, status: 409, kind: "out-of-range")
            try client.refusal("PATCH", path, body: "{}", status: 400, kind: "invalid-request")
            #expect(try client.request("POST", path + "/advance", body: #"{"to":1000}"#).status == 200)
            let afterTo = try client.next("order")
            #expect(afterTo > 1_000)
            #expect(try client.request("POST", path + "/advance", body: #"{"by":5000}"#).status == 200)
            let afterBy = try client.next("order")
            #expect(afterBy > afterTo + 5_000)
            for step in [#"{"to":1,"by":1}"#, "{}", #"{"by":-1}"#, #"{"to":"x"}"#, "[]", ""] {
                try client.refusal("POST", path + "/advance", body: step, status: 400, kind: "invalid-request")
            }
            let explanation = try client.request("GET", path + "/explain")
            #expect(explanation.status == 200 && explanation.body.contains(#""explanation":["sequence order: "#))
            let figures = try explanation.decode(Explanation.self)
            #expect(figures.name == "order" && figures.increment == 5 && figures.maximum == 2_000_000)
            #expect(figures.next == afterBy + 5 && figures.in_hand > 0 && figures.at_risk >= figures.in_hand)
            #expect(figures.store_available && figures.failover_offset == 4_000_000)
            #expect(try client.request("GET", path + "/explain?numbers=string").body.contains(#""increment":"5""#))

            let deleted = try client.request("DELETE", path)
            #expect(deleted.status == 204 && deleted["cache-control"] == "no-store")
            try client.refusal("DELETE", path, status: 404, kind: "no-such-sequence")
            try client.refusal("GET", path + "/explain", status: 404, kind: "no-such-sequence")
            try client.refusal("PATCH", path, body: #"{"maximum":5}"#, status: 404, kind: "no-such-sequence")
            #expect(try client.next("order") == 1, "a new life begins anew")
        }

        @Test func bodiesThatAreNoSequence() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            for body in [
                "", "{}", "[]", "x", #"{"name":7}"#, #"{"name":""}"#, #"{"name":"a","start":0.5}"#,
                #"{"name":"a","increment":0}"#, #"{"name":"a","increment":-1}"#, #"{"name":"a","maximum":"many"}"#,
                #"{"name":"a","start":9223372036854775807}"#, #"{"name":"a","start":10,"maximum":5}"#,
                String(repeating: "[", count: 60_000), #"{"name":"a","name""#,
            ] {
                try client.refusal("POST", "/v1/sequences", body: body, status: 400, kind: "invalid-request")
            }
            #expect(try server.client().command("DBSIZE") == .integer(0))
            try client.refusal("GET", "/v1", status: 404, kind: "no-such-path")
            try client.refusal("PUT", "/v1/sequences", status: 405, kind: "method-not-allowed")
            #expect(try client.request("PUT", "/v1/sequences")["allow"] == "GET, POST")
        }

        @Test func exhaustion() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            _ = try client.request("POST", "/v1/sequences", body: #"{"name":"short","maximum":3}"#)
            for number in 1...3 { #expect(try client.next("short") == Int64(number)) }
            try client.refusal("POST", "/v1/sequences/short/next", status: 409, kind: "sequence-exhausted")
            _ = try client.request("PATCH", "/v1/sequences/short", body: #"{"maximum":4}"#)
            #expect(try client.next("short") == 4)
        }

        @Test func listing() async throws {
            struct Page: Decodable {
                struct Entry: Decodable { let name: String }
                let sequences: [Entry]
                let next: String?
            }
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let (client, redis) = (try server.http(), try server.client())
            let names = (0..<25).map { "name-\($0 < 10 ? "0" : "")\($0)" } + ["a b&c", "é", "🙂"]
            for name in names { #expect(try redis.command("INCR", name) == .integer(1)) }
            for size in [1, 7, 14, 28, 100] {
                var (found, after): ([String], String?) = ([], nil)
                repeat {
                    var allowed = CharacterSet.alphanumerics
                    allowed.formIntersection(CharacterSet(charactersIn: Unicode.Scalar(0)..<Unicode.Scalar(128)))
                    let from = after?.addingPercentEncoding(withAllowedCharacters: allowed)
                    let query = "?limit=\(size)" + (from.map { "&after=\($0)" } ?? "")
                    let page = try client.request("GET", "/v1/sequences\(query)").decode(Page.self)
                    #expect(page.sequences.count <= size)
                    found += page.sequences.map(\.name)
                    after = page.next
                } while after != nil && found.count < 100
                #expect(found == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, "\(size) a page")
            }
            for query in ["limit=0", "limit=1001", "limit=x", "after=", "after=%ff", "after=%zz"] {
                try client.refusal("GET", "/v1/sequences?\(query)", status: 400, kind: "invalid-request")
            }
        }
    }
}
