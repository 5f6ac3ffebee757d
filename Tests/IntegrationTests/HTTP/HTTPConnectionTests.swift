import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Many connections, idle ones, halves of requests, and clients that do not read.
    @Suite(.serialized) struct HTTPConnectionTests {
        private func expectService(
            _ server: OrdinalProcess, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let begin = ContinuousClock.now
            #expect(try server.http().next("service") > 0, sourceLocation: sourceLocation)
            #expect(ContinuousClock.now - begin < .seconds(2), sourceLocation: sourceLocation)
        }

        @Test func twoThousandIdleConnections() async throws {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            if limit.rlim_cur < 4_500 {
                limit.rlim_cur = min(4_500, limit.rlim_max)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            }
            let count = 2_000
            try #require(limit.rlim_cur > count + 500, "this machine allows too few descriptors")
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.max_connections=\(count)"])
            for _ in 0..<5 { try expectService(server) }
            try await eventually("they are gone") { try server.http().next("service") > 0 }
            let before = server.residentBytes
            let port = server.httpPort
            // The places of the connections before become free when the server has seen their ends.
            let clients = try await onThread { Unshared(try (0..<count).map { _ in try HTTPSocket(port: port) }) }
            for client in [clients.value[0], clients.value[count / 2], clients.value[count - 20]] {
                #expect(try client.next("service") > 0)
            }
            let growth = server.residentBytes - before
            print("\(count) HTTP connections: \(growth / count) bytes each")
            #expect(growth < count * (32 << 10), "\(growth) bytes more for \(count) connections")
            try await eventually("one more finds no place") {
                let oneMore = try HTTPSocket(port: port, timeout: 5)
                do { return try oneMore.request("GET", "/healthz").status != 200 } catch { return true }
            }
            for client in clients.value { client.close() }
            try await eventually("their places are free", within: .seconds(60)) {
                do { return try HTTPSocket(port: port, timeout: 5).next("service") > 0 } catch { return false }
            }
            #expect(try await server.end() == 0)
        }

        @Test func halvesOfRequestsEnd() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.request_timeout=1s", "--set", "http.idle_timeout=2s"])
            try expectService(server)
            let before = server.residentBytes
            let halves = [
                "", "P", "POST /alloc", "POST /alloc HTTP/1.1\r\n", "POST /alloc HTTP/1.1\r\nHost: localhost\r\nX: ",
                "POST /alloc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n",
                "POST /alloc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"serviceName\":",
                "POST /alloc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ser",
            ]
            let clients = try (0..<400).map { index in
                let client = try server.http(timeout: 30)
                try client.send(halves[index % halves.count])
                return client
            }
            try expectService(server)
            let growth = server.residentBytes - before
            #expect(growth < clients.count * (48 << 10), "\(growth) bytes more for \(clients.count) connections")
            let begin = ContinuousClock.now
            let handed = Unshared(clients)
            let ends = try await onThread { try handed.value.map { try $0.rest() } }
            for (index, end) in ends.enumerated() {
                let isBodyMissing = index % halves.count >= 5
                #expect(isBodyMissing ? end.hasPrefix("HTTP/1.1 408 ") : end.isEmpty, "\(index % halves.count): \(end)")
            }
            #expect(ContinuousClock.now - begin < .seconds(10))
            #expect(try server.client().command("DBSIZE") == .integer(1))
        }

        /// Whoever goes in the middle of a request leaves nothing behind.
        @Test func halvesThatAreReset() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            try expectService(server)
            for round in 0..<300 {
                let client = try server.http()
                let whole = HTTPSocket.text("POST", "/alloc", body: #"{"serviceName":"half"}"#)
                try client.send(String(whole.prefix(round % (whole.count - 1))))
                round % 2 == 0 ? client.reset() : client.close()
            }
            try expectService(server)
            #expect(try server.client().command("EXISTS", "half") == .integer(0))
        }

        @Test func pipelinedRequests() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            let count = 3_000
            let requests = (0..<count).map { index -> String in
                switch index % 3 {
                case 0: HTTPSocket.text("POST", "/alloc", body: #"{"serviceName":"order"}"#)
                case 1: HTTPSocket.text("POST", "/v1/sequences/order/next")
                default: HTTPSocket.text("GET", "/api/segment/get/order")
                }
            }
            try client.send(requests[0])
            #expect(try client.answer().body.contains("[1]"))
            let port = server.httpPort
            let numbers = try await onThread { () -> [Int64] in
                let client = try HTTPSocket(port: port)
                let sender = try HTTPPipe(client, requests.joined())
                var numbers: [Int64] = []
                for index in 0..<count {
                    let answer = try client.answer()
                    guard answer.status == 200 else { throw Failure("\(answer.head)\(answer.body)") }
                    switch index % 3 {
                    case 0: numbers += try answer.decode(AllocAnswer.self).data?.ids ?? []
                    case 1: numbers += try answer.decode(NextAnswer.self).numbers ?? []
                    default: numbers.append(Int64(answer.body) ?? 0)
                    }
                }
                withExtendedLifetime(sender) {}
                return numbers
            }
            #expect(numbers == Array(2...Int64(count + 1)), "each in its turn")
            // A request that closes is the last one.
            try client.send(
                HTTPSocket.text("GET", "/healthz") + HTTPSocket.text("GET", "/healthz", ["Connection": "close"])
                    + HTTPSocket.text("POST", "/v1/sequences/order/next"))
            #expect(try client.answer().status == 200)
            #expect(try client.answer().status == 200)
            #expect(try client.answerIfAny() == nil)
            #expect(try server.http().next("order") == Int64(count + 2))
        }

        /// A client of HTTP/1.0 reads until the connection ends.
        @Test func anOldClient() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http(timeout: 5)
            try client.send("POST /v1/sequences/order/next HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
            #expect(try client.rest().hasSuffix("\r\n\r\n{\"name\":\"order\",\"count\":1,\"numbers\":[1]}"))
        }

        /// Clients that send requests without end and read no answer.
        @Test func answersThatNobodyReads() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "http.write_timeout=3s"])
            for _ in 0..<20 { try expectService(server) }
            let before = server.residentBytes
            let mutes = try (0..<8).map { _ in try server.http() }
            let request = HTTPSocket.text("POST", "/v1/sequences/mute/next?count=1000")
            let packet = Array(String(repeating: request, count: 500).utf8)
            for client in mutes { _ = fcntl(client.descriptor, F_SETFL, O_NONBLOCK) }
            var (sent, highest, broken) = ([Int](repeating: 0, count: mutes.count), 0, Set<Int>())
            let others = Bystander(port: server.httpPort)
            let begin = ContinuousClock.now
            while broken.count < mutes.count, ContinuousClock.now - begin < .seconds(40) {
                for (index, client) in mutes.enumerated() where !broken.contains(index) {
                    let accepted = packet[(sent[index] % packet.count)...].withUnsafeBytes {
                        send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    if accepted > 0 { sent[index] += accepted }
                    if accepted < 0, errno != EAGAIN { broken.insert(index) }
                }
                highest = max(highest, server.residentBytes - before)
                try await Task.sleep(for: .milliseconds(20))
            }
            let total = sent.reduce(0, +)
            print("\(total) bytes sent by \(mutes.count) that read nothing: \(highest >> 10) KiB more at most")
            #expect(broken.count == mutes.count, "all are cut off")
            #expect(highest < 32 << 20, "\(highest) bytes more")
            let (count, slowest) = try await others.stop()
            #expect(count > 10 && slowest < .seconds(2), "\(count) requests of others, the slowest took \(slowest)")
        }
    }
}

/// Sends a text from a thread of its own, while another reads what comes back.
private final class HTTPPipe {
    init(_ client: HTTPSocket, _ text: String) throws {
        // A descriptor of its own: the client's stays with whoever reads.
        let descriptor = dup(client.descriptor)
        guard descriptor >= 0 else { throw Failure("no descriptor: errno \(errno)") }
        let bytes = Array(text.utf8)
        Thread.detachNewThread {
            defer { close(descriptor) }
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }
}
