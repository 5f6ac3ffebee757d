import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Who may do what, and that no secret is ever told.
    @Suite struct HTTPRoleTests {
        private static let secrets = [
            "use-password-7f3a", "admin-password-9c1d", "shop-token-4b8e-0123", "root-token-2d6c-4567",
            "new-token-8a5f-89ab", "wrong-secret-1e7b",
        ]

        private func writeTokens(_ lines: String, in directory: TemporaryDirectory) throws {
            let path = directory.file("tokens")
            try lines.write(toFile: path, atomically: true, encoding: .utf8)
            chmod(path, 0o600)
        }

        private func serve(_ directory: TemporaryDirectory) async throws -> OrdinalProcess {
            try writeTokens(
                "# who is who\n\nuse shop \(Self.secrets[2])\nadmin root \(Self.secrets[3])\n", in: directory)
            return try await OrdinalProcess.serveHTTP(
                in: directory,
                [
                    "--set", "auth.tokens_file=\(directory.file("tokens"))", "--set", "log.level=trace",
                    "--set", "http.access_log=true",
                ],
                environment: [
                    "ORDINAL_AUTH_USE_PASSWORD": Self.secrets[0], "ORDINAL_AUTH_ADMIN_PASSWORD": Self.secrets[1],
                ])
        }

        private func basic(_ user: String, _ password: String) -> String {
            "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        }

        private func status(
            _ client: HTTPSocket, _ authorization: String?, _ method: String = "POST",
            _ path: String = "/v1/sequences/order/next"
        ) throws -> Int {
            let fields = authorization.map { ["Authorization": $0] } ?? [:]
            let answer = try client.request(method, path, fields)
            if answer.status == 401 {
                #expect(answer["www-authenticate"] == #"Bearer realm="ordinal", Basic realm="ordinal""#)
            }
            return answer.status
        }

        @Test func rolesAndSecrets() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            let client = try server.http()
            let (use, admin, shop, root, wrong) =
                (Self.secrets[0], Self.secrets[1], Self.secrets[2], Self.secrets[3], Self.secrets[5])
            for good in [
                "Bearer \(use)", "Bearer \(admin)", "Bearer \(shop)", "bearer \(root)", basic("use", use),
                basic("admin", admin), basic("shop", shop), basic("root", root), basic("default", use),
            ] {
                #expect(try status(client, good) == 200, "\(good)")
                #expect(try status(client, good, "GET", "/v1/sequences/order") == 200, "\(good)")
            }
            for bad in [
                nil, "", "Bearer", "Bearer ", "Bearer \(wrong)", "Bearer \(use.dropLast())", "Bearer \(use)x", use,
                "Token \(use)", basic("use", admin), basic("admin", use), basic("shop", root), basic("nobody", shop),
                basic("use", ""), basic("", ""), "Basic \(use)", "Basic ===",
                "Basic " + Data(use.utf8).base64EncodedString(),
            ] {
                #expect(try status(client, bad) == 401, "\(bad ?? "nothing")")
            }
            // Who may take numbers may not do what changes others.
            for (method, path) in [
                ("GET", "/v1/sequences"), ("POST", "/v1/sequences"), ("PATCH", "/v1/sequences/order"),
                ("POST", "/v1/sequences/order/advance"), ("DELETE", "/v1/sequences/order"),
            ] {
                for known in ["Bearer \(use)", "Bearer \(shop)", basic("shop", shop)] {
                    #expect(try status(client, known, method, path) == 403, "\(method) \(path)")
                }
                #expect(try status(client, nil, method, path) == 401, "\(method) \(path)")
                #expect(try status(client, "Bearer \(wrong)", method, path) == 401, "\(method) \(path)")
            }
            #expect(try status(client, "Bearer \(admin)", "GET", "/v1/sequences") == 200)
            #expect(try status(client, basic("root", root), "DELETE", "/v1/sequences/order") == 204)
            // The others' front doors are guarded too, and health is not.
            for path in [
                "/api/segment/get/order", "/id/nextId?bizType=order", "/id/nextIdSimple?bizType=order", "/metrics",
            ] {
                #expect(try status(client, nil, "GET", path) == 401, "\(path)")
            }
            #expect(try status(client, nil, "POST", "/alloc") == 401)
            for path in ["/healthz", "/readyz"] { #expect(try status(client, nil, "GET", path) == 200) }
            let tinyid = try client.request("GET", "/id/nextId?bizType=order&token=\(wrong)")
            #expect(tinyid.body.hasPrefix(#"{"data":null,"code":5,"#))
            // The real clients' ways to say it.
            let curl = try await server.curl("-u", "shop:\(shop)", "-X", "POST", path: "/v1/sequences/order/next")
            #expect(curl.hasPrefix(#"{"name":"order","count":1,"numbers":[1"#))
            try await server.python(
                """
                import requests
                url = f"http://127.0.0.1:{port}/v1/sequences/order/next"
                assert requests.post(url).status_code == 401
                assert requests.post(url, auth=("use", "\(use)")).status_code == 200
                assert requests.post(url, headers={"Authorization": "Bearer \(shop)"}).status_code == 200
                """)
            #expect(try await server.end() == 0)
            let encoded = Self.secrets.map { Data(":\($0)".utf8).base64EncodedString() }
            for secret in Self.secrets + encoded { #expect(!server.log.contains(secret), "the log tells \(secret)") }
        }

        @Test func tokensAreExchangedOnSIGHUP() async throws {
            let directory = try TemporaryDirectory()
            let server = try await serve(directory)
            // One connection, over which the change is felt at the next request.
            let client = try server.http()
            let (shop, new) = ("Bearer \(Self.secrets[2])", "Bearer \(Self.secrets[4])")
            #expect(try status(client, shop) == 200)
            #expect(try status(client, new) == 401)
            // A file that is wrong changes nothing, and is told.
            try writeTokens("use shop \(Self.secrets[4])\nking root \(Self.secrets[5])\n", in: directory)
            server.signal(SIGHUP)
            try await eventually("the mistake is told: \(server.log)") { server.log.contains("line 2") }
            #expect(try status(client, shop) == 200)
            #expect(try status(client, new) == 401)

            try writeTokens("use shop \(Self.secrets[4])\n", in: directory)
            server.signal(SIGHUP)
            try await eventually("the new token is good") { try self.status(client, new) == 200 }
            #expect(try status(client, shop) == 401)
            #expect(try status(client, "Bearer \(Self.secrets[3])") == 401)
            #expect(try status(client, "Bearer \(Self.secrets[0])") == 200)
            #expect(try await server.end() == 0)
            for secret in Self.secrets { #expect(!server.log.contains(secret), "the log tells \(secret)") }
        }

        @Test func whoMayCreate() async throws {
            let server = try await OrdinalProcess.serveHTTP(
                in: try TemporaryDirectory(), ["--set", "create=admin"],
                environment: ["ORDINAL_AUTH_USE_PASSWORD": "u", "ORDINAL_AUTH_ADMIN_PASSWORD": "a"])
            let client = try server.http()
            let (use, admin) = (["Authorization": "Bearer u"], ["Authorization": "Bearer a"])
            try client.refusal("POST", "/v1/sequences/order/next", use, status: 404, kind: "no-such-sequence")
            #expect(throws: Failure.self) { try client.alloc("order", 1, use) }
            #expect(try client.alloc("order", 1, admin) == [1])
            #expect(try client.next("order", use) == 2)
        }

        /// Without a password the server listens on this machine only.
        @Test func notBeyondThisMachineWithoutAPassword() async throws {
            let directory = try TemporaryDirectory()
            let result = try await run(
                try #require(TestEnvironment.binary),
                ["serve", "--redis", "127.0.0.1:0", "--http", "0.0.0.0:0"], in: directory.path)
            #expect(result.status == 1)
            #expect(result.errors.contains("http.allow_unauthenticated"), "\(result.errors)")
        }
    }
}
