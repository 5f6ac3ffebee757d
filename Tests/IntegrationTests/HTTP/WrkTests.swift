import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// wrk, as those run it who want to know how fast this is: no answer is an error, and the numbers add up.
    @Suite(.serialized) struct WrkTests {
        @Test(arguments: [1, 100])
        func alloc(count: Int) async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serveHTTP(in: directory)
            try """
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = '{"serviceName":"order","count":\(count)}'
            local threads = {}
            function setup(thread) table.insert(threads, thread) end
            function init() numbers, wrong = 0, 0 end
            function response(status, headers, body)
              local list = body:match('^{"code":0,"msg":"OK","data":{"ids":%[([%d,]+)%]},"traceId":"%x+","ts":%d+}$')
              if status ~= 200 or not list then wrong = wrong + 1 return end
              local _, commas = list:gsub(",", "")
              numbers = numbers + commas + 1
            end
            function done(summary, latency)
              local numbers, wrong = 0, 0
              for _, thread in ipairs(threads) do
                numbers = numbers + thread:get("numbers")
                wrong = wrong + thread:get("wrong")
              end
              local e = summary.errors
              print(string.format("result %d %d %d %d", numbers, wrong, summary.requests,
                e.connect + e.read + e.write + e.status + e.timeout))
            end
            """.write(toFile: directory.file("alloc.lua"), atomically: true, encoding: .utf8)
            let connections = 16
            let result = try await run(
                "wrk",
                [
                    "-t1", "-c\(connections)", "-d3s", "--timeout", "30s", "-s", directory.file("alloc.lua"),
                    "http://127.0.0.1:\(server.httpPort)/alloc",
                ])
            #expect(result.status == 0, "\(result.errors)")
            let line = try #require(
                result.output.split(separator: "\n").first { $0.hasPrefix("result ") }, "\(result.output)")
            let figures = line.split(separator: " ").dropFirst().compactMap { Int($0) }
            try #require(figures.count == 4)
            let (received, wrong, requests, errors) = (figures[0], figures[1], figures[2], figures[3])
            #expect(wrong == 0 && errors == 0, "\(result.output)")
            #expect(requests > 500 && received == requests * count, "\(result.output)")
            // The last answer of each connection may have come when wrk had stopped counting.
            let next = Int(try server.client().number("INCR", "order"))
            let metrics = try server.metrics()
            #expect(metrics[#"ordinal_numbers_issued_total{front="http"}"#] == Double(next - 1))
            let served = metrics[#"ordinal_http_requests_total{code="200",method="POST",route="/alloc"}"#]
            #expect(served == Double((next - 1) / count))
            let possible = received...received + connections * count
            #expect(possible.contains(next - 1), "\(received) received, next is \(next)")
            print("wrk, count \(count): \(requests) requests; \(try figure("Requests/sec", result.output))")
            // Every number is handed out or still in hand.
            let (reserved, inHand) = (try server.info("numbers_reserved"), try server.info("numbers_in_hand"))
            #expect(reserved == inHand + next, "\(reserved) reserved, \(inHand) in hand, \(next) issued")
            #expect(try await server.end() == 0)
        }

        private func figure(_ name: String, _ output: String) throws -> Substring {
            try #require(output.split(separator: "\n").first { $0.hasPrefix(name) })
        }
    }
}
