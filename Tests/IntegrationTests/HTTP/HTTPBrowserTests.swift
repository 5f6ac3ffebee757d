import ChildProcesses
import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Pages in Chromium that ask for numbers.
    @Suite struct HTTPBrowserTests {
        /// Serves the files of a directory, as a web site of somebody else.
        private func serveFiles(of directory: TemporaryDirectory) async throws -> (ChildProcess, port: Int) {
            let script = """
                import functools, http.server, sys
                handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
                server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
                open(sys.argv[1] + "/port", "w").write(str(server.server_address[1]) + " ")
                server.serve_forever()
                """
            let process = try ChildProcess(
                TestEnvironment.python, ["-c", script, directory.path], log: directory.file("log"))
            let file = directory.file("port")
            try await eventually("the site is there") {
                (try? String(contentsOfFile: file, encoding: .utf8))?.hasSuffix(" ") == true
            }
            let port = try String(contentsOfFile: file, encoding: .utf8).dropLast()
            return (process, try #require(Int(port)))
        }

        /// What a page looks like when its script is through.
        private func visit(_ url: String, _ directory: TemporaryDirectory) async throws -> String {
            let result = try await run(
                "chromium",
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    "--disable-background-networking", "--user-data-dir=\(directory.file("profile"))",
                    "--virtual-time-budget=20000", "--dump-dom", url,
                ], within: .seconds(180))
            return result.output
        }

        private func page(_ port: Int) -> String {
            """
            <!DOCTYPE html><meta charset="utf-8"><body>waiting<script>
            const base = "http://127.0.0.1:\(port)";
            const ask = async (path, options) => {
                try {
                    const answer = await fetch(base + path, options);
                    return answer.status + " " + answer.headers.get("Idempotency-Replayed") + " " + await answer.text();
                } catch (error) { return "refused"; }
            };
            (async () => {
                const lines = [];
                lines.push(await ask("/v1/sequences/order/next", {method: "POST"}));
                const keyed = {method: "POST", headers: {"Idempotency-Key": "k"}};
                lines.push(await ask("/v1/sequences/order/next", keyed));
                lines.push(await ask("/v1/sequences/order/next", keyed));
                const json = {"Content-Type": "application/json"};
                const body = JSON.stringify({serviceName: "order", count: 2});
                lines.push(await ask("/alloc", {method: "POST", headers: json, body}));
                lines.push(await ask("/api/segment/get/order", {mode: "no-cors"}));
                const picture = new Image();
                await new Promise(done => { picture.onload = picture.onerror = done; picture.src = base + "/api/segment/get/order"; });
                document.body.textContent = lines.join("\\n");
            })();
            </script>
            """
        }

        @Test func pagesOfAnotherOrigin() async throws {
            let (directory, site) = (try TemporaryDirectory(), try TemporaryDirectory())
            let (process, sitePort) = try await serveFiles(of: site)
            defer { process.kill() }
            let origin = "http://127.0.0.1:\(sitePort)"
            let server = try await OrdinalProcess.serveHTTP(in: directory)
            try page(server.httpPort).write(toFile: site.file("page.html"), atomically: true, encoding: .utf8)

            // A stranger's page is told nothing, and uses nothing up.
            let refused = try await visit("\(origin)/page.html", directory)
            #expect(refused.components(separatedBy: "refused").count - 1 >= 4, "\(refused)")
            #expect(try server.client().command("EXISTS", "order") == .integer(0))
            #expect(try await server.end() == 0)

            let other = try TemporaryDirectory()
            let open = try await OrdinalProcess.serveHTTP(in: other, ["--set", "http.allowed_origins=\(origin)"])
            try page(open.httpPort).write(toFile: site.file("page.html"), atomically: true, encoding: .utf8)
            let served = try await visit("\(origin)/page.html", other)
            #expect(served.contains(#"200 null {"name":"order","count":1,"numbers":[1]}"#), "\(served)")
            #expect(served.contains(#"200 null {"name":"order","count":1,"numbers":[2]}"#), "\(served)")
            #expect(served.contains(#"200 true {"name":"order","count":1,"numbers":[2]}"#), "\(served)")
            #expect(served.contains(#""data":{"ids":[3,4]}"#), "\(served)")
        }

        /// What a person sees who types an address.
        @Test func anAddressThatIsTyped() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serveHTTP(in: directory)
            _ = try server.client().command("SET", "order", "41")
            let number = try await visit("http://127.0.0.1:\(server.httpPort)/api/segment/get/order", directory)
            #expect(number.contains(">42<"), "\(number)")
            let ready = try await visit("http://127.0.0.1:\(server.httpPort)/readyz", directory)
            #expect(ready.contains("ready"), "\(ready)")
        }
    }
}
