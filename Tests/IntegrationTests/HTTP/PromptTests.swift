import Foundation
import TestSupport
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
            // All of it but its end.
            try client.send(head + "\(String(plain.utf8.count, radix: 16))\r\n\(plain)\r\n")
            client.finishSending()
            #expect(try client.rest().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(try server.http().alloc("order") == [next], "half a request takes nothing")
            #expect(try await server.end() == 0)
        }

        /// Whoever sends and does not read is not answered for ever: neither memory nor numbers are used up for it.
        @Test func answersThatNobodyTakesAreNotMade() async throws {
            // So many numbers at hand that no request has to wait for a refill.
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(),
                ["--set", "http.count_max=10000", "--set", "segment.min=100000000"])
            _ = try server.http().request("POST", "/alloc", body: plain)
            let before = server.residentBytes
            let request = HTTPSocket.text("POST", "/alloc", body: #"{"serviceName":"order","count":10000}"#)
            let client = try server.http(timeout: 2)
            // 1.5 GB of answers. Not all of them may be taken in.
            try? client.send(String(repeating: request, count: 20_000))
            let other = try server.http()
            var last: Int64 = 0
            try await eventually("no more numbers are taken") {
                let next = try other.alloc("order")[0]
                defer { last = next }
                try await Task.sleep(for: .milliseconds(200))
                return next == last + 1
            }
            let grown = (server.residentBytes - before) >> 10
            print("answers of /alloc that nobody takes: \(last) numbers, \(grown) KiB more")
            #expect(last < 5_000_000 && grown < 32_000)
            client.reset()
            #expect(try await server.end() == 0)
        }

        /// A client may end its side before it takes its answers: it gets all of them, however much the system holds.
        @Test func answersAreSentToWhoeverHasSaidAll() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.count_max=10000"])
            _ = try server.http().request("POST", "/alloc", body: plain)
            let port = server.httpPort
            let request = HTTPSocket.text("POST", "/alloc", body: #"{"serviceName":"order","count":10000}"#)
            for count in stride(from: 10, through: 90, by: 5) {
                let answers = try await onThread {
                    let client = try HTTPSocket(port: port)
                    try client.send(String(repeating: request, count: count))
                    client.finishSending()
                    // The end of the input is heard before anything is read.
                    Thread.sleep(forTimeInterval: 0.1)
                    var answers: [HTTPAnswer] = []
                    while let answer = try client.answerIfAny() { answers.append(answer) }
                    return answers
                }
                #expect(answers.count == count)
                #expect(try answers.allSatisfy { try ids($0).count == 10_000 })
            }
            #expect(try await server.end() == 0)
        }

        /// A limit for bodies that is below what is waited for holds on both ways.
        @Test func bodiesAreLimited() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.max_body=1KiB"])
            let client = try server.http()
            _ = try client.request("POST", "/alloc", body: plain)
            let body = plain + String(repeating: " ", count: 2_000)
            try client.send(
                "POST /alloc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
            #expect(try client.answer().status == 413)
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
