import Foundation
import Testing

extension HTTPTests {
    /// Requests that are answered before they come to the router, among others that are not.
    @Suite struct PromptTests {
        private let plain = #"{"serviceName":"order","count":1}"#

        /// The numbers of an answer.
        private func ids(_ answer: HTTPAnswer) throws -> [Int64] {
            struct Alloc: Decodable {
                struct Numbers: Decodable { let ids: [Int64] }
                let data: Numbers
            }
            return try answer.decode(Alloc.self).data.ids
        }

        @Test func bothWaysGiveTheSameAnswer() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            _ = try client.request("POST", "/alloc", body: plain)
            // Whoever wants to be able to repeat a request goes by the router.
            let ways = [[:], ["Idempotency-Key": "a"]].map { $0.merging(["X-Trace-Id": "t"]) { $1 } }
            let answers = try ways.map { try client.request("POST", "/alloc", $0, body: plain) }
            func shape(_ answer: HTTPAnswer) -> [String] {
                let lines = answer.head.split(separator: "\r\n").map(String.init).filter { !$0.hasPrefix("Date: ") }
                let (start, end) = (answer.body.prefix { $0 != "[" }, answer.body.drop { $0 != "]" })
                return lines + [String(start), String(end.prefix(21))]
            }
            #expect(shape(answers[0]) == shape(answers[1]), "\(answers)")
            #expect(try answers.map(ids) == [[2], [3]])
            #expect(answers.allSatisfy { $0["date"]?.hasSuffix("GMT") == true })
            #expect(try await server.end() == 0)
        }

        /// One packet with requests of both kinds: answers keep the order of their requests, and so do numbers.
        @Test func answersKeepTheOrderOfTheirRequests() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            _ = try client.request("POST", "/alloc", body: plain)
            var next: Int64 = 2
            for round in 0..<50 {
                let isPlain = (0..<8).map { round & (1 << ($0 % 6)) == 0 }
                let packet = isPlain.enumerated().map { index, isPlain in
                    let fields = isPlain ? [:] : ["Idempotency-Key": "\(round)-\(index)"]
                    return HTTPSocket.text(
                        "POST", "/alloc", fields.merging(["X-Trace-Id": "\(index)"]) { $1 }, body: plain)
                }
                try client.send(packet.joined())
                for index in packet.indices {
                    let answer = try client.answer()
                    #expect(try ids(answer) == [next])
                    #expect(answer["x-trace-id"] == "\(index)")
                    next += 1
                }
            }
            #expect(try await server.end() == 0)
        }

        @Test func aBodyInPiecesOrTooLongForTheShortWay() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            _ = try client.request("POST", "/alloc", body: plain)
            let head = "POST /alloc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            var next: Int64 = 2
            for padding in [0, 10, 4_000, 5_000, 60_000] {
                let body = plain + String(repeating: " ", count: padding)
                let (first, second) = (body.prefix(7), body.dropFirst(7))
                try client.send(head + "7\r\n\(first)\r\n")
                // It is read by itself before the rest comes.
                try await Task.sleep(for: .milliseconds(20))
                try client.send("\(String(second.utf8.count, radix: 16))\r\n\(second)\r\n0\r\n\r\n")
                #expect(try ids(client.answer()) == [next])
                next += 1
            }
            try client.send(head + "7\r\n\(plain.prefix(7))\r\n")
            client.finishSending()
            #expect(try client.rest().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(try server.http().alloc("order") == [next], "half a request takes nothing")
            #expect(try await server.end() == 0)
        }

        /// Numbers, requests and their time are counted on both ways.
        @Test func bothWaysAreCounted() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            _ = try client.request("POST", "/alloc", body: plain)
            for _ in 0..<5 { _ = try client.request("POST", "/alloc", body: plain) }
            let metrics = try client.request("GET", "/metrics").body
            for line in [
                #"ordinal_http_requests_total{code="200",method="POST",route="/alloc"} 6"#,
                #"ordinal_http_request_duration_seconds_count{route="/alloc"} 6"#,
                #"ordinal_numbers_issued_total{front="http"} 6"#,
            ] {
                #expect(metrics.contains(line + "\n"), "\(line)")
            }
            #expect(try await server.end() == 0)
        }
    }
}
