import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Names are bytes, in whatever way they come.
    @Suite struct HTTPNameTests {
        private static func encode(_ name: [UInt8], all: Bool = false) -> String {
            name.map { byte in
                let isPlain = !all && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                return isPlain ? String(UnicodeScalar(byte)) : "%" + String(0x100 + Int(byte), radix: 16).dropFirst()
            }.joined()
        }

        @Test func pathsAndRedisMeanTheSame() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let (client, redis) = (try server.http(), try server.client())
            let names = [
                "café", "cafe\u{301}", "cafe", "Cafe", "a/b", "a%2Fb", "a b", "a+b", "a?b", "a#b", "a&b=c", ".", "..",
                "next", "🙂", "🙃", "日本", "\"quoted\\\"", "{name}", ":name", "*", "a;b",
                String(repeating: "x", count: 255),
                String(repeating: "é", count: 127), String(repeating: "🙂", count: 63),
            ]
            var longest = 0
            for name in names {
                let bytes = Array(name.utf8)
                longest = max(longest, bytes.count)
                for (index, all) in [false, true].enumerated() {
                    let path = "/v1/sequences/\(Self.encode(bytes, all: all))/next"
                    let answer = try client.request("POST", path)
                    #expect(answer.status == 200, "\(path): \(answer.body)")
                    guard answer.status == 200 else { continue }
                    let next = try answer.decode(NextAnswer.self)
                    // Compared by bytes: as strings, composed and decomposed are equal.
                    let number = Int64(2 * index + 1)
                    #expect(Array(next.name.utf8) == bytes && next.numbers == [number], "\(answer.body)")
                    #expect(try redis.command([Array("INCR".utf8), bytes]) == .integer(number + 1), "\(path)")
                }
                let leaf = try client.request("GET", "/api/segment/get/\(Self.encode(bytes))")
                #expect(leaf.body == "5", "\(name)")
                #expect(try client.request("GET", "/v1/sequences/\(Self.encode(bytes))").status == 200, "\(name)")
                let query = Self.encode(bytes, all: true)
                #expect(try client.request("GET", "/id/nextIdSimple?bizType=\(query)").body == "6", "\(name)")
            }
            #expect(longest == 255)
            #expect(try redis.command("DBSIZE") == .integer(Int64(names.count)))
            // In a form a plus sign is a space; in a path it is itself.
            #expect(try client.request("GET", "/id/nextIdSimple?bizType=a+b").body == "7")
            #expect(try redis.command("INCR", "a b") == .integer(8))
            #expect(try client.next("a+b") == 7)
            // Bytes above 127 must be encoded.
            #expect(try server.http().request("POST", "/v1/sequences/café/next").status == 400)
        }

        @Test func badNames() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            for name in [
                "%", "%2", "%zz", "a%", "%C3", "%ff%fe", "%ed%a0%80", "%c0%80",
                String(repeating: "x", count: 256), String(repeating: "%C3%A9", count: 128),
            ] {
                for (method, path) in [
                    ("POST", "/v1/sequences/\(name)/next"), ("GET", "/v1/sequences/\(name)"),
                    ("DELETE", "/v1/sequences/\(name)"), ("GET", "/v1/sequences/\(name)/explain"),
                ] {
                    try client.refusal(method, path, status: 400, kind: "invalid-request")
                }
                try client.refusal("GET", "/api/segment/get/\(name)", status: 400)
                try client.refusal("GET", "/id/nextId?bizType=\(name)", status: 400)
            }
            // No name at all.
            for path in ["/v1/sequences//next", "/v1/sequences//"] {
                let answer = try client.request("POST", path)
                #expect([400, 404, 405].contains(answer.status), "\(path): \(answer.status)")
            }
            #expect(try server.client().command("DBSIZE") == .integer(0))
        }

        @Test func curlAndNames() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            for (path, name) in [("caf%C3%A9", "café"), ("a%2Fb", "a/b"), ("%F0%9F%99%82", "🙂"), ("café", "café")] {
                let body = try await server.curl("-X", "POST", path: "/v1/sequences/\(path)/next")
                #expect(body.hasPrefix("{\"name\":\"\(name)\",\"count\":1,\"numbers\":["), "\(body)")
            }
            #expect(try server.client().command("INCR", "café") == .integer(3))
        }

        /// What a name has in it that JSON writes in another way comes back whole.
        @Test func namesInJSON() async throws {
            struct Shown: Decodable { let name: String }
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let client = try server.http()
            for name in ["\"", "\\", "a\u{2028}b", "</script>", "\u{7f}", "日本 🙂"] {
                let quoted = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
                let created = try client.request("POST", "/v1/sequences", body: "{\"name\":\(quoted)}")
                if created.status == 400 { continue }
                #expect(try created.decode(Shown.self).name == name && created.status == 201, "\(created.body)")
                let location = try #require(created["location"])
                #expect(try client.request("GET", location).decode(Shown.self).name == name, "\(location)")
                #expect(try client.request("POST", "/alloc", body: "{\"serviceName\":\(quoted)}").status == 200)
            }
        }
    }
}
