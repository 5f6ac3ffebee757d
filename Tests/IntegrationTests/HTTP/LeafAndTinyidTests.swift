import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// The requests of Leaf's and tinyid's clients, and HEAD, which hands out nothing.
    @Suite struct LeafAndTinyidTests {
        /// A server that has a sequence `order`, whose next number is 1.
        private func server(_ arguments: [String] = []) async throws -> OrdinalProcess {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), arguments)
            #expect(try server.client().command("SET", "order", "0") == .simple("OK"))
            return server
        }

        private func expect(
            _ answer: HTTPAnswer, is body: String, type: String = "text/plain; charset=utf-8", status: Int = 200,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(answer.body == body && answer.status == status, sourceLocation: sourceLocation)
            #expect(answer["content-type"] == type, sourceLocation: sourceLocation)
            #expect(answer["cache-control"] == "no-store", sourceLocation: sourceLocation)
        }

        @Test func leaf() async throws {
            let server = try await server()
            let client = try server.http()
            for number in 1...20 {
                expect(try client.request("GET", "/api/segment/get/order"), is: "\(number)")
            }
            expect(try client.request("GET", "/api/segment/get/none"), is: "no such sequence", status: 404)
            #expect(try server.client().command("EXISTS", "none") == .integer(0))
            #expect(try server.client().command("SET", "a/é", "6") == .simple("OK"))
            expect(try client.request("GET", "/api/segment/get/a%2F%c3%A9"), is: "7")
            try client.refusal("POST", "/api/segment/get/order", status: 405)
            #expect(try await server.curl(path: "/api/segment/get/order") == "21")
        }

        @Test(arguments: ["/tinyid/id", "/id"])
        func tinyid(prefix: String) async throws {
            let server = try await server(["--set", "http.count_max=50"])
            let client = try server.http()
            let json = "application/json; charset=utf-8"
            func form(_ path: String, _ body: String) throws -> HTTPAnswer {
                try client.request(
                    "POST", prefix + path, ["Content-Type": "application/x-www-form-urlencoded"], body: body)
            }
            func get(_ path: String) throws -> HTTPAnswer { try client.request("GET", prefix + path) }

            expect(
                try get("/nextId?bizType=order&batchSize=2&token=t"), is: #"{"data":[1,2],"code":200,"message":""}"#,
                type: json)
            expect(
                try form("/nextId", "bizType=order&batchSize=3&token=t"),
                is: #"{"data":[3,4,5],"code":200,"message":""}"#, type: json)
            expect(try get("/nextId?bizType=order"), is: #"{"data":[6],"code":200,"message":""}"#, type: json)
            expect(try get("/nextIdSimple?bizType=order&batchSize=2"), is: "7,8")
            expect(try form("/nextIdSimple", "bizType=order"), is: "9")
            // Fewer where more were asked for than is allowed, as tinyid's own server does.
            let many = try get("/nextIdSimple?bizType=order&batchSize=100000")
            expect(many, is: (10...59).map(String.init).joined(separator: ","))
            expect(
                try form("/nextSegmentId", "bizType=order"),
                is: #"{"data":{"maxId":1059,"loadingId":259,"currentId":59,"delta":1,"remainder":0},"#
                    + #""code":200,"message":""}"#, type: json)
            expect(try get("/nextSegmentIdSimple?bizType=order&token=t"), is: "1059,1259,2059,1,0")
            // The numbers above `currentId` belong to the client: nobody else gets them.
            #expect(try server.client().command("INCR", "order") == .integer(2_060))

            expect(
                try get("/nextId?bizType=none"), is: #"{"data":null,"code":6,"message":"no such sequence"}"#,
                type: json, status: 404)
            expect(try get("/nextIdSimple?bizType=none"), is: "", status: 404)
            expect(try get("/nextSegmentIdSimple?bizType=none"), is: "", status: 404)
            for query in [
                "", "?batchSize=2", "?bizType=", "?bizType=order&batchSize=0", "?bizType=order&batchSize=-1",
                "?bizType=order&batchSize=x", "?bizType=order&bizType=order", "?bizType=%zz", "?bizType=%ff",
            ] {
                let answer = try get("/nextId\(query)")
                #expect(answer.status == 400 && answer.body.hasPrefix(#"{"data":null,"code":6,"#), "\(query)")
            }
            #expect(try server.client().command("INCR", "order") == .integer(2_061))
        }

        /// With a step, `delta` and `remainder` tell a client which numbers of the segment are its own.
        @Test func segmentsOfASequenceWithAStep() async throws {
            let server = try await server(["--set", "http.tinyid_segment=10"])
            let client = try server.http()
            let body = #"{"name":"odd","start":3,"increment":2}"#
            #expect(try client.request("POST", "/v1/sequences", body: body).status == 201)
            // 3, 5 … 21, then 23 … 41.
            expect(try client.request("GET", "/id/nextSegmentIdSimple?bizType=odd"), is: "1,5,21,2,1")
            expect(try client.request("GET", "/id/nextSegmentIdSimple?bizType=odd"), is: "21,25,41,2,1")
            #expect(try client.next("odd") == 43)
        }

        @Test func HEADHandsOutNothing() async throws {
            let server = try await server()
            let client = try server.http()
            for path in [
                "/alloc", "/api/segment/get/order", "/id/nextId?bizType=order", "/tinyid/id/nextId?bizType=order",
                "/id/nextIdSimple?bizType=order", "/id/nextSegmentId?bizType=order",
                "/id/nextSegmentIdSimple?bizType=order", "/v1/sequences/order/next", "/v1/sequences/order/run",
                "/v1/sequences/new/next",
            ] {
                try client.sendRequest("HEAD", path)
                let answer = try client.answer(to: "HEAD")
                #expect(answer.status == 405 && answer["content-length"] ?? "0" == "0", "\(path): \(answer.head)")
                for method in ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
                    let refusal = try client.request(method, path)
                    #expect([404, 405].contains(refusal.status), "\(method) \(path): \(refusal.head)")
                }
            }
            // The next number shows it.
            #expect(try client.next("order") == 1)
            #expect(try server.client().command("DBSIZE") == .integer(1))
        }
    }
}
