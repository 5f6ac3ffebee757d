import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// idalloc's `/alloc`, byte for byte.
    @Suite struct AllocTests {
        /// Expects a body that ends with the time, which is now.
        private func expect(
            _ answer: HTTPAnswer, _ status: Int = 200, is beginning: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            #expect(answer.status == status, "\(answer.body)", sourceLocation: sourceLocation)
            #expect(answer.body.hasPrefix(beginning + ",\"ts\":"), "\(answer.body)", sourceLocation: sourceLocation)
            let time = answer.body.dropFirst(beginning.count + 6).dropLast()
            #expect(time.count == 13 && answer.body.hasSuffix("}"), "\(answer.body)", sourceLocation: sourceLocation)
            let seconds = try #require(Double(time), sourceLocation: sourceLocation) / 1_000
            #expect(abs(seconds - Date().timeIntervalSince1970) < 60, sourceLocation: sourceLocation)
            #expect(answer["content-type"] == "application/json; charset=utf-8", sourceLocation: sourceLocation)
            #expect(answer["cache-control"] == "no-store", sourceLocation: sourceLocation)
        }

        @Test func answersByteForByte() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            let requests: [(body: String, ids: String)] = [
                (#"{"serviceName":"order","count":3}"#, "1,2,3"),
                (#"{"serviceName":"order"}"#, "4"),
                (#"{"serviceName":"order","count":0}"#, "5"),
                (#"{"serviceName":"order","count":null}"#, "6"),
                (#"{"count":1,"serviceName":"order"}"#, "7"),
                (#"{ "serviceName" : "  Order\t\n", "count" : 2, "other" : {} }"#, "8,9"),
                (#"{"serviceName":"ORDER","count":1}"#, "10"),
                (#"{"serviceName":"order","count":100}"#, (11...110).map(String.init).joined(separator: ",")),
                (#"{"serviceName":"Café"}"#, "1"),
                (#"{"serviceName":"caf\u00e9"}"#, "2"),
                (#"{"serviceName":"cafe"}"#, "1"),
                (#"{"serviceName":"🙂"}"#, "1"),
                (#"{"serviceName":"🙃"}"#, "1"),
                ("{\"serviceName\":\"\(String(repeating: "x", count: 64))\"}", "1"),
            ]
            for (body, ids) in requests {
                let answer = try client.request(
                    "POST", "/alloc", ["X-Trace-Id": "trace-1", "Content-Type": "application/json"], body: body)
                try expect(answer, is: #"{"code":0,"msg":"OK","data":{"ids":[\#(ids)]},"traceId":"trace-1""#)
                #expect(answer["x-trace-id"] == "trace-1")
            }
            // The Redis front has the same sequences.
            #expect(try server.client().command("INCR", "order") == .integer(111))
            #expect(try server.client().command("INCR", "café") == .integer(3))
        }

        /// What is wrong with a request, and what is said about it.
        private static let mistakes: [(body: String, words: String)] = [
            (#"{"serviceName":"order","count":101}"#, "count must be at most 100"),
            (#"{"serviceName":"order","count":9223372036854775807}"#, "count must be at most 100"),
            (#"{"serviceName":"order","count":-1}"#, "count must not be negative"),
            (#"{"serviceName":"order","count":9223372036854775808}"#, "\"count\" must be a whole number"),
            (#"{"serviceName":"order","count":1.5}"#, "\"count\" must be a whole number"),
            (#"{"serviceName":"order","count":"3"}"#, "\"count\" must be a whole number"),
            (#"{"serviceName":"order","count":3,}"#, "a name in quotes is expected at byte 34"),
            (#"{"serviceName":"order","count":3,"count":4}"#, "it has \"count\" twice"),
            (#"{"serviceName":""}"#, "serviceName must have 1 to 64 bytes"),
            (#"{"serviceName":" \t "}"#, "serviceName must have 1 to 64 bytes"),
            ("{\"serviceName\":\"\(String(repeating: "x", count: 65))\"}", "serviceName must have 1 to 64 bytes"),
            ("{\"serviceName\":\"\(String(repeating: "é", count: 33))\"}", "serviceName must have 1 to 64 bytes"),
            (#"{"count":3}"#, "the body has no \"serviceName\""),
            (#"{"serviceName":7}"#, "\"serviceName\" must be a string"),
            (#"["order"]"#, "the body must be JSON"), ("order", "the body must be JSON"), ("", "the body must be JSON"),
        ]

        @Test(arguments: ["fitting", "200"])
        func mistakesHaveTheirCode(status: String) async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.idalloc_status=\(status)"])
            let client = try server.http()
            for (body, words) in Self.mistakes {
                let answer = try client.request("POST", "/alloc", body: body)
                #expect(answer.status == (status == "200" ? 200 : 400), "\(body)")
                let message = try answer.decode(AllocAnswer.self)
                #expect(message.code == 400_000 && message.msg.contains(words), "\(answer.body)")
                let text = try #require(answer.body.firstRange(of: ",\"ts\":")).lowerBound
                let escaped = message.msg.replacingOccurrences(of: "\"", with: "\\\"")
                #expect(
                    answer.body[..<text]
                        == #"{"code":400000,"msg":"\#(escaped)","data":null,"traceId":"\#(message.traceId)""#)
            }
            // No mistake took a number or made a sequence.
            #expect(try client.alloc("order") == [1])
            #expect(try server.client().command("DBSIZE") == .integer(1))
            // Stack traces in the log are one of idalloc's habits.
            #expect(server.log.split(separator: "\n").count < 10, "\(server.log)")
        }

        @Test(arguments: ["fitting", "200"])
        func otherCodes(status: String) async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(),
                ["--set", "http.idalloc_status=\(status)", "--set", "create=off", "--set", "http.count_max=5"],
                environment: ["ORDINAL_AUTH_USE_PASSWORD": "secret"])
            let client = try server.http()
            func code(_ fields: [String: String], _ body: String) throws -> [Int] {
                let answer = try client.request("POST", "/alloc", fields, body: body)
                #expect(answer.body.contains("\"data\":null"))
                return [answer.status, try answer.decode(AllocAnswer.self).code]
            }
            let habit = status == "200"
            #expect(try code([:], #"{"serviceName":"a"}"#) == [habit ? 200 : 401, 401_000])
            let proof = ["Authorization": "Bearer secret"]
            #expect(try code(proof, #"{"serviceName":"a"}"#) == [habit ? 200 : 404, 404_000])
            #expect(try code(proof, #"{"serviceName":"a","count":6}"#) == [habit ? 200 : 400, 400_000])
            // The habit is that of /alloc alone.
            #expect(try client.request("GET", "/api/segment/get/a").status == 401)
            #expect(try client.request("POST", "/v1/sequences/a/next").status == 401)
        }

        @Test func traceIDs() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.trace_header=X-Request-Id"])
            let client = try server.http()
            func trace(_ fields: [String: String]) throws -> String {
                let answer = try client.request("POST", "/alloc", fields, body: #"{"serviceName":"a"}"#)
                let id = try answer.decode(AllocAnswer.self).traceId
                #expect(answer["x-request-id"] == id)
                #expect(answer["x-trace-id"] == nil)
                return id
            }
            #expect(try trace(["X-Request-Id": "mine"]) == "mine")
            #expect(try trace(["x-request-id": "!~"]) == "!~")
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            #expect(try trace(["traceparent": parent]) == "0af7651916cd43dd8448eb211c80319c")
            #expect(try trace(["traceparent": parent, "X-Request-Id": "mine"]) == "mine")
            let long = String(repeating: "x", count: 129)
            var made: Set<String> = []
            for fields in [
                [:], ["X-Trace-Id": "mine"], ["X-Request-Id": long], ["X-Request-Id": "a b"], ["X-Request-Id": ""],
                ["X-Request-Id": "é"], ["traceparent": "00-\(String(repeating: "0", count: 32))-b7ad6b7169203331-01"],
                ["traceparent": "nonsense"],
            ] {
                let id = try trace(fields)
                #expect(id.count == 32 && id.allSatisfy(\.isHexDigit), "\(fields): \(id)")
                made.insert(id)
            }
            #expect(made.count == 8)
            // Every answer has one, whatever it says.
            #expect(try client.request("GET", "/nothing", ["X-Request-Id": "t"])["x-request-id"] == "t")
            #expect(try client.request("POST", "/v1/sequences/a/next")["x-request-id"]?.count == 32)
        }

        @Test func curl() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let output = try await server.curl(
                "-X", "POST", "-H", "Content-Type: application/json", "-H", "X-Trace-Id: t",
                "-d", #"{"serviceName":"order","count":3}"#, "-w", "\n%{http_code} %{http_version}", path: "/alloc")
            #expect(output.hasPrefix(#"{"code":0,"msg":"OK","data":{"ids":[1,2,3]},"traceId":"t","ts":"#), "\(output)")
            #expect(output.hasSuffix("}\n200 1.1"), "\(output)")
            // One connection carries many requests.
            let twice = try await server.curl(
                "-w", " %{num_connects}\n", "http://127.0.0.1:\(server.httpPort)/api/segment/get/order",
                path: "/api/segment/get/order")
            #expect(twice == "4 1\n5 0\n")
        }

        /// A client that announces its body is told at once that it may send it; some wait for that for ever.
        @Test func expectContinue() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http(timeout: 5)
            let body = #"{"serviceName":"order"}"#
            let fields = ["Expect": "100-continue", "Content-Length": "\(body.utf8.count)"]
            try client.send(HTTPSocket.text("PUT", "/alloc", fields).replacingOccurrences(of: "PUT", with: "POST"))
            #expect(try client.answer().status == 100)
            try client.send(body)
            let answer = try client.answer()
            #expect(try answer.decode(AllocAnswer.self).data?.ids == [1])
            // Or it hears at once that it need not.
            let other = try server.http(timeout: 5)
            try other.send(
                "POST /alloc HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
            #expect(try other.answer().status == 413)
        }
    }
}
