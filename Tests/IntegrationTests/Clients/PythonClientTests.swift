import RESP
import TestSupport
import Testing

/// redis-py, with the settings that it has if nobody thinks about them.
@Suite("redis-py", .enabled(if: TestEnvironment.hasBinary))
struct PythonClientTests {
    /// Runs a script that finds `r`, a client with default settings, and fails if it does not print `ok`.
    private func python(
        _ script: String, arguments: [String] = [], with interpreter: String = TestEnvironment.python
    ) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, arguments)
        let whole = """
            import redis, threading
            port = \(server.port)
            r = redis.Redis(port=port)
            def refused(what, words):
                try: what()
                except redis.ResponseError as error: assert words in str(error), str(error)
                else: raise AssertionError("not refused")
            \(script)
            print("ok")
            """
        let result = try await run(interpreter, ["-c", whole])
        #expect(result.output == "ok\n", "\(result.errors)")
    }

    @Test func defaultSettings() async throws {
        try await python(
            """
            assert r.ping() is True
            assert r.get("abc") == 0
            assert r.set("abc", 100) is True
            assert r.get("abc") == 101
            assert r.incr("abc") == 102
            assert r.incrby("abc", 10) == 112
            assert r.mget("abc", "none") == [113, 0]
            assert r.exists("abc", "none") == 1
            assert r.type("abc") == b"string" and r.type("none") == b"none"
            assert r.set("abc", 500, nx=True) is None
            refused(lambda: r.set("abc", 1), "FORCE")
            refused(lambda: r.set("abc", 500, ex=10), "time to live")
            assert r.dbsize() == 1
            assert r.delete("abc") == 1
            assert r.get("abc") == 0
            assert r.info()["server_name"] == "ordinal"
            assert len(r.time()) == 2
            assert r.command_count() > 20
            assert "write" in r.command()["get"]["flags"]
            assert r.client_setname("tests") is True and r.client_getname() == "tests"
            """)
    }

    @Test func bulkReplies() async throws {
        try await python(
            """
            assert r.get("abc") is None
            assert r.set("abc", 100)
            assert r.get("abc") == b"101"
            assert r.mget("abc", "none") == [b"102", None]
            assert redis.Redis(port=port, decode_responses=True).get("abc") == "103"
            """, arguments: ["--set", "redis.get_reply=bulk"])
    }

    /// By default a pipeline is a transaction.
    @Test func defaultPipeline() async throws {
        try await python(
            """
            with r.pipeline() as p:
                for _ in range(1000): p.incr("orders")
                p.get("orders").get("none").set("new", 5).get("new")
                assert p.execute() == list(range(1, 1001)) + [1001, 0, True, 6]
            # An error inside is an error of that command, and the others are done.
            p = r.pipeline()
            p.incr("orders").set("orders", 1).incr("orders")
            replies = p.execute(raise_on_error=False)
            assert replies[0] == 1002 and replies[2] == 1003 and isinstance(replies[1], redis.ResponseError)
            p = r.pipeline()
            refused(lambda: p.watch("orders"), "WATCH")
            """)
    }

    @Test func pipelineWithoutTransaction() async throws {
        try await python(
            """
            p = r.pipeline(transaction=False)
            for _ in range(5000): p.incr("orders")
            assert p.execute() == list(range(1, 5001))
            """)
    }

    @Test func poolAndThreads() async throws {
        try await python(
            """
            taken, lock = [], threading.Lock()
            def work():
                mine = [r.incr("orders") for _ in range(300)]
                assert mine == sorted(mine)
                with lock: taken.extend(mine)
            threads = [threading.Thread(target=work) for _ in range(8)]
            [t.start() for t in threads]; [t.join() for t in threads]
            assert sorted(taken) == list(range(1, 2401))
            """)
    }

    @Test func resp3() async throws {
        try await python(
            """
            r = redis.Redis(port=port, protocol=3)
            assert r.get("abc") == 0 and r.set("abc", 100) and r.get("abc") == 101
            with r.pipeline() as p: assert p.incr("abc").mget("abc", "none").execute() == [102, [103, 0]]
            assert r.config_get("databases") == {"databases": "1"} or r.config_get("databases") == {b"databases": b"1"}
            """)
    }

    /// A cache in the client would hand out one number many times.
    @Test func clientSideCacheIsRefused() async throws {
        try await python(
            """
            from redis.cache import CacheConfig
            refusal = "client-side caching is refused: a client that caches a number would hand it out twice"
            r.set("abc", 1)
            cached = redis.Redis(port=port, protocol=3, cache_config=CacheConfig())
            # It asks for tracking as soon as it is connected, and gets no further.
            refused(lambda: cached.get("abc"), refusal)
            # It keeps that connection, and then finds by HELLO that this is no Redis.
            try: cached.get("abc")
            except redis.ConnectionError as error: assert "caching is supported by Redis 7.4 or later" in str(error), str(error)
            else: raise AssertionError("the client caches")
            assert cached.get_cache().size == 0
            # Nobody was given a number meanwhile, and whoever does not cache gets each once.
            assert [r.get("abc") for _ in range(3)] == [2, 3, 4]
            """, with: TestEnvironment.cachingPython)
    }

    /// What a client does that knows how to cache and nothing of servers.
    @Test func trackingIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        try client.send("HELLO 3\r\n")
        guard case .map = try client.reply() else { throw Failure("HELLO is a map") }
        try client.expect(
            "CLIENT TRACKING ON\r\n",
            answers: "-ERR client-side caching is refused: a client that caches a number would hand it out twice\r\n")
        #expect(try client.number("INCR", "abc") == 1)
    }

    @Test func iteration() async throws {
        try await python(
            """
            names = {b"name:%d" % i for i in range(250)}
            p = r.pipeline(transaction=False)
            for name in names: p.incr(name)
            p.incr("other")
            p.execute()
            assert set(r.scan_iter("name:*")) == names
            assert set(r.scan_iter(count=7)) == names | {b"other"}
            assert set(r.keys("name:1?")) == {b"name:1%d" % i for i in range(10)}
            """)
    }

    @Test func namesAreBytes() async throws {
        try await python(
            """
            names = ["café".encode(), "cafe\\u0301".encode(), b"cafe", b"Foo", b"foo", "🙂".encode(), b"x" * 255]
            for n, name in enumerate(names): assert r.set(name, 1000 * (n + 1))
            for n, name in enumerate(names): assert r.get(name) == 1000 * (n + 1) + 1
            assert sorted(r.scan_iter()) == sorted(names)
            refused(lambda: r.incr(b"\\xff\\xfe"), "UTF-8")
            """)
    }
}
