import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension HTTPTests {
    /// TLS, HTTP/2 over it, and certificates of clients, with curl.
    @Suite struct HTTPTLSTests {
        private func serve(
            _ directory: TemporaryDirectory, _ arguments: [String] = []
        ) async throws -> OrdinalProcess {
            try await makeCertificate("server", for: "IP:127.0.0.1", in: directory)
            return try await OrdinalProcess.serveHTTP(
                in: directory,
                [
                    "--set", "http.tls.certificate=\(directory.file("server.crt"))",
                    "--set", "http.tls.key=\(directory.file("server.key"))",
                ] + arguments)
        }

        /// What curl prints, with the version of HTTP behind it; nil if it failed.
        private func curl(
            _ server: OrdinalProcess, _ directory: TemporaryDirectory, _ arguments: [String],
            path: String = "/v1/sequences/order/next"
        ) async throws -> String? {
            let result = try await run(
                "curl",
                [
                    "--silent", "--cacert", directory.file("server.crt"), "-X", "POST", "-w", " %{http_version}",
                    "--max-time", "30",
                ] + arguments + ["https://127.0.0.1:\(server.httpPort)\(path)"])
            return result.status == 0 ? result.output : nil
        }

        private func body(_ number: Int, _ version: String) -> String {
            #"{"name":"order","count":1,"numbers":[\#(number)]} \#(version)"#
        }

        @Test func bothVersions() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            #expect(try await curl(server, directory, ["--http1.1"]) == body(1, "1.1"))
            #expect(try await curl(server, directory, ["--http2"]) == body(2, "2"))
            // HTTP/2 is what is chosen if both can do it.
            #expect(try await curl(server, directory, []) == body(3, "2"))
            let older = ["--http1.1", "--tlsv1.2", "--tls-max", "1.2"]
            #expect(try await curl(server, directory, older) == body(4, "1.1"))
            // Who does not trust the certificate, or speaks without TLS, or with an old one, gets nothing.
            let distrust = try await run("curl", ["--silent", "https://127.0.0.1:\(server.httpPort)/healthz"])
            #expect(distrust.status != 0)
            #expect(try await curl(server, directory, ["--tls-max", "1.1"]) == nil)
            let plain = try server.http(timeout: 20)
            try plain.sendRequest("POST", "/v1/sequences/order/next")
            plain.finishSending()
            let answer = try? plain.rest()
            #expect(answer?.contains("200") != true)
            #expect(try await curl(server, directory, []) == body(5, "2"))
            // The same rules on both: HEAD, paths, refusals, headers.
            for version in ["--http1.1", "--http2"] {
                let refused = try await run(
                    "curl",
                    [
                        "--silent", "--cacert", directory.file("server.crt"), version, "--include", "-d",
                        #"{"serviceName":"order","count":101}"#, "-H", "X-Trace-Id: t-1",
                        "https://127.0.0.1:\(server.httpPort)/alloc",
                    ])
                let text = refused.output.lowercased()
                #expect(text.contains(" 400"), "\(text)")
                #expect(text.contains("x-trace-id: t-1\r\n"), "\(text)")
                #expect(text.contains("cache-control: no-store\r\n"), "\(text)")
                #expect(text.contains(#"{"code":400000,"msg":"count must be at most 100","data":null,"#), "\(text)")
                let head = try await run(
                    "curl",
                    [
                        "--silent", "--cacert", directory.file("server.crt"), version, "--head",
                        "https://127.0.0.1:\(server.httpPort)/api/segment/get/order",
                    ])
                #expect(head.output.contains(" 405"), "\(head.output)")
            }
            #expect(try server.client().command("INCR", "order") == .integer(6))
            #expect(try await server.end() == 0)
        }

        /// Many requests at once on one connection. curl resets a stream whose body is whole before its end is told: if the
        /// two do not come together, hundreds of resets look like an attack, and the connection is cut with its requests.
        @Test func streams() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            let count = 600
            let urls = (0..<count).flatMap { index in
                ["-o", directory.file("out-\(index)"), "https://127.0.0.1:\(server.httpPort)/v1/sequences/order/next"]
            }
            let result = try await run(
                "curl",
                [
                    "--silent", "--cacert", directory.file("server.crt"), "--http2", "--parallel", "--parallel-max",
                    "50",
                    "-X", "POST", "-w", "%{http_version} %{num_connects}\n",
                ] + urls)
            #expect(result.status == 0, "\(result.errors)")
            let numbers = try (0..<count).map { index in
                let data = try Data(contentsOf: URL(fileURLWithPath: directory.file("out-\(index)")))
                return try JSONDecoder().decode(NextAnswer.self, from: data).numbers?.first ?? 0
            }
            #expect(numbers.sorted() == Array(1...Int64(count)))
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == count && lines.allSatisfy { $0.hasPrefix("2 ") })
            #expect(lines.count { $0 == "2 1" } <= 3, "all share few connections")
            // A body that is too long ends its stream and nothing else.
            try [UInt8](repeating: 120, count: 1_000_000).withUnsafeBytes { Data($0) }
                .write(to: URL(fileURLWithPath: directory.file("long")))
            let long = try await curl(
                server, directory,
                ["--http2", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@" + directory.file("long")],
                path: "/alloc")
            #expect(long == "413")
            #expect(try await curl(server, directory, ["--http2"]) == body(count + 1, "2"))
        }

        /// HTTP/1 has the same rules as without TLS: who waits for a word before its body gets it, and HTTP/1.0 is closed.
        @Test func theOldWays() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            func head(_ arguments: String...) async throws -> String {
                try await run(
                    "curl",
                    [
                        "--silent", "--include", "--cacert", directory.file("server.crt"), "--max-time", "30", "-d",
                        #"{"serviceName":"order"}"#, "https://127.0.0.1:\(server.httpPort)/alloc",
                    ] + arguments
                ).output.lowercased()
            }
            let expecting = try await head("--http1.1", "-H", "Expect: 100-continue", "--expect100-timeout", "20")
            #expect(expecting.hasPrefix("http/1.1 100 continue"), "\(expecting)")
            let old = try await head("--http1.0")
            #expect(old.contains("connection: close"), "\(old)")
        }

        /// Clients that begin something and do not go on lose their place: a handshake, a request, a farewell of HTTP/2.
        @Test func whoDoesNotGoOnIsClosed() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(
                directory,
                [
                    "--set", "http.request_timeout=1s", "--set", "wait=1s", "--set", "http.idle_timeout=3s",
                ])
            for beginning in ["", "\u{16}\u{3}\u{1}"] {
                let client = try server.http(timeout: 30)
                if !beginning.isEmpty { try client.send(beginning) }
                let handed = Unshared(client)
                await #expect(throws: Never.self) { try await onThread { _ = try handed.value.rest() } }
            }
            func speak(_ protocol: String, _ text: String) async throws -> Duration {
                let start = ContinuousClock.now
                _ = try await run(
                    "openssl",
                    [
                        "s_client", "-connect", "127.0.0.1:\(server.httpPort)", "-alpn", `protocol`, "-ign_eof",
                        "-quiet",
                    ], input: text, within: .seconds(60))
                return .now - start
            }
            let idle = try await speak("http/1.1", "")
            #expect(idle < .seconds(20), "\(idle)")
            let half = try await speak("http/1.1", "POST /alloc HTTP/1.1\r\nHost: a\r\n")
            #expect(half < .seconds(20), "\(half)")
            // It never acknowledges the farewell.
            let mute = try await speak(
                "h2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u{0}\u{0}\u{0}\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}")
            #expect(mute < .seconds(20), "\(mute)")
            #expect(try await curl(server, directory, []) == body(1, "2"))
        }

        @Test func clientsMustShowACertificate() async throws {
            let directory = try TemporaryDirectory()
            for name in ["client", "stranger"] { try await makeCertificate(name, for: "IP:127.0.0.1", in: directory) }
            let server = try await serve(directory, ["--set", "http.tls.client_ca=\(directory.file("client.crt"))"])
            func ask(as name: String?, _ version: String) async throws -> String? {
                let identity =
                    name.map { ["--cert", directory.file("\($0).crt"), "--key", directory.file("\($0).key")] } ?? []
                return try await curl(server, directory, [version] + identity)
            }
            for (index, version) in ["--http1.1", "--http2"].enumerated() {
                #expect(try await ask(as: "client", version) == body(index + 1, index == 0 ? "1.1" : "2"))
                #expect(try await ask(as: nil, version) == nil)
                #expect(try await ask(as: "stranger", version) == nil)
            }
            #expect(try server.client().command("INCR", "order") == .integer(3))
        }

        @Test func theCertificateIsExchangedOnSIGHUP() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            func subject() async throws -> String {
                try await run(
                    "openssl", ["s_client", "-connect", "127.0.0.1:\(server.httpPort)", "-alpn", "h2,http/1.1"]
                ).output
            }
            #expect(try await subject().contains("CN = server"))
            // A key that does not fit is refused, and the old certificate stays in use.
            try await makeCertificate("misfit", for: "IP:127.0.0.1", in: directory)
            let good = try Data(contentsOf: URL(fileURLWithPath: directory.file("server.key")))
            try Data(contentsOf: URL(fileURLWithPath: directory.file("misfit.key")))
                .write(to: URL(fileURLWithPath: directory.file("server.key")))
            server.signal(SIGHUP)
            try await eventually("the misfit is told: \(server.log)") { server.log.contains("error") }
            #expect(try await subject().contains("CN = server"))
            try good.write(to: URL(fileURLWithPath: directory.file("server.key")))

            try await makeCertificate("renewed", for: "IP:127.0.0.1", in: directory, file: "server")
            server.signal(SIGHUP)
            try await eventually("the new certificate is shown") { try await subject().contains("CN = renewed") }
            #expect(try await curl(server, directory, []) == body(1, "2"))
        }

        /// Who waits when the node stops is told so over HTTP/2 as well.
        @Test func waitingWhileItStops() async throws {
            let (directory, redis) = (try TemporaryDirectory(), try await RedisServer.start())
            let server = try await serve(
                directory, ["--store", redis.url(timeout: "30s"), "--set", "wait=60s", "--set", "drain=10s"])
            redis.freeze()
            let waiting = Task {
                try await curl(server, directory, ["--http2", "-w", " %{http_code}", "--max-time", "60"])
            }
            try await Task.sleep(for: .seconds(1))
            server.signal(SIGTERM)
            let answer = try await waiting.value
            #expect(answer?.contains("urn:ordinal:problem:stopping") == true, "\(answer ?? "nothing")")
            #expect(answer?.hasSuffix(" 503") == true, "\(answer ?? "nothing")")
            redis.thaw()
            #expect(try await server.end() == 0)
        }

        /// SIGTERM with connections of both versions open, some in the middle of a handshake.
        @Test func stops() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            let silent = try (0..<20).map { index in
                let client = try server.http()
                if index % 2 == 0 { try client.send("\u{16}\u{3}\u{1}") }
                return client
            }
            let port = server.httpPort
            let load = Task {
                // One connection that asks until the server is gone.
                let urls = (0..<2_000).flatMap { _ in ["-o", "-", "https://127.0.0.1:\(port)/v1/sequences/order/next"] }
                return try await run(
                    "curl",
                    ["--silent", "--cacert", directory.file("server.crt"), "--http2", "-X", "POST", "-w", "\n"] + urls)
            }
            try await eventually("the load has begun") { try server.client().number("INCR", "order") > 100 }
            let duration = try await stop(server)
            #expect(duration < .seconds(8), "\(duration)")
            let numbers = try await load.value.output.split(separator: "\n").compactMap { line in
                try? JSONDecoder().decode(NextAnswer.self, from: Data(line.utf8)).numbers?.first
            }
            #expect(Set(numbers).count == numbers.count && !numbers.isEmpty)
            withExtendedLifetime(silent) {}
        }
    }
}
