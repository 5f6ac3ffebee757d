import Foundation
import InMemoryTracing
import Instrumentation
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Ordinal
import OrdinalSQLite
import PrometheusMetrics
import ServiceLifecycle
import TestSupport
import Testing
import Tracing

@testable import OrdinalServer

/// A whole server in this process.
@Suite struct ServerTests {
    /// The one tracer of this process.
    private static let tracer: InMemoryTracer = {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        return tracer
    }()

    /// Runs `body` with a server, and stops the server.
    private func withServer(
        _ change: (inout ServerConfiguration) -> Void = { _ in }, serviceManager: ServiceManager? = nil,
        _ body: (OrdinalServer, ConfigurationFiles) async throws -> Void
    ) async throws {
        let files = try ConfigurationFiles()
        var configuration = ServerConfiguration()
        configuration.store = .sqlite(path: files.path + "/ordinal.db")
        configuration.redis.address.port = 0
        configuration.http.address?.port = 0
        configuration.eventLoops = 2
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try OrdinalServer(configuration: configuration, logger: logger, serviceManager: serviceManager)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await eventually("it serves") { server.httpAddress != nil }
                try await body(server, files)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// One request on a connection of its own; the whole answer.
    private func http(_ server: OrdinalServer, _ request: String, _ fields: String = "", body: String = "") async throws
        -> String
    {
        let client = try LoopbackClient(port: try #require(server.httpAddress?.port))
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        try await client.send("\(request) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(length)\(fields)\r\n\(body)")
        return try await client.rest()
    }

    @Test func aRequestIsASpanAndTheCallsOfTheStoreAreItsChildren() async throws {
        let tracer = Self.tracer
        try await withServer { server, _ in
            let answer = try await http(
                server, "POST /v1/sequences/traced/next", "in-memory-trace-id: far\r\nin-memory-span-id: away\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            func span(_ name: String) -> FinishedInMemorySpan? {
                tracer.finishedSpans.first { $0.operationName == name && $0.traceID == "far" }
            }
            try await eventually("the spans have ended") {
                span("POST /v1/sequences/{name}/next") != nil && span("store reserve") != nil
            }
            let request = try #require(span("POST /v1/sequences/{name}/next"))
            #expect(request.parentSpanID == "away")
            #expect(request.attributes.get("http.response.status_code") == .int64(200))
            let reserve = try #require(span("store reserve"))
            #expect(reserve.traceID == request.traceID && reserve.parentSpanID == request.spanID)
        }
    }

    @Test func numbersOfBothFrontsAddUp() async throws {
        try await withServer { server, _ in
            let redis = try LoopbackClient(port: try #require(server.redisAddress?.port))
            try await redis.send("INCR a\r\nINCRBY a 5\r\nGET a\r\nGET none\r\nMGET a a\r\nBOGUS\r\n")
            #expect(try await redis.receives(":1\r\n:6\r\n:7\r\n:0\r\n*2\r\n:8\r\n:9\r\n-ERR unknown"))
            _ = try await http(server, "POST /v1/sequences/a/next?count=11")
            _ = try await http(server, "GET /api/segment/get/a")
            let metrics = String(decoding: server.metrics.exposition(), as: UTF8.self)
            func value(_ series: String) -> Double? {
                metrics.split(separator: "\n").first { $0.hasPrefix(series + " ") }.flatMap {
                    Double($0.dropFirst(series.count + 1))
                }
            }
            #expect(value("ordinal_numbers_issued_total{front=\"redis\"}") == 9)
            #expect(value("ordinal_numbers_issued_total{front=\"http\"}") == 12)
            #expect(value("ordinal_sequence_numbers_issued_total{sequence=\"a\"}") == 21)
            #expect(value("ordinal_commands_total{command=\"get\",outcome=\"ok\"}") == 2)
            #expect(value("ordinal_commands_total{command=\"unknown\",outcome=\"error\"}") == 1)
            #expect(value("ordinal_command_duration_seconds_count") == 6)
            #expect(
                value(
                    "ordinal_http_requests_total{code=\"200\",method=\"POST\",route=\"/v1/sequences/{name}/next\"}")
                    == 1)
            #expect(value("ordinal_connections{front=\"redis\"}") == 1)
        }
    }

    @Test func theServiceManagerHearsOfStartLifeAndStop() async throws {
        let files = try ConfigurationFiles()
        let path = files.path + "/notify"
        let socket = try NotifySocket(path: path)
        let manager = try #require(
            ServiceManager(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "100000"]))
        try await withServer(serviceManager: manager) { _, _ in
            try await eventually("it is alive") { socket.heard.filter { $0 == "WATCHDOG=1" }.count >= 3 }
        }
        // While it stops it is still alive, and says so.
        try await eventually("it stops") { socket.heard.contains("STOPPING=1") }
        #expect(socket.heard.contains("READY=1"))
    }

    @Test func whatIsNoNotificationSocketIsIgnored() {
        for environment in [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "/"]] {
            #expect(ServiceManager(environment: environment) == nil)
        }
        let of = { ServiceManager(environment: ["NOTIFY_SOCKET": "@ordinal"].merging($0) { $1 })?.watchdog }
        #expect(of([:]) == nil && of(["WATCHDOG_USEC": "0"]) == nil && of(["WATCHDOG_USEC": "x"]) == nil)
        #expect(of(["WATCHDOG_USEC": "2000000"]) == .seconds(2))
        #expect(of(["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"]) == nil, "another process's")
    }
}

/// A socket as systemd's.
private final class NotifySocket: Sendable {
    private let descriptor: Int32
    private let lines = NIOLockedValueBox<[String]>([])
    var heard: [String] { lines.withLockedValue(\.self) }

    init(path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, result == 0 else { throw Failure("no socket at \(path): errno \(errno)") }
        Thread.detachNewThread { [lines] in
            var bytes = [UInt8](repeating: 0, count: 1_024)
            while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
                lines.withLockedValue { $0.append(String(decoding: bytes[..<count], as: UTF8.self)) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
