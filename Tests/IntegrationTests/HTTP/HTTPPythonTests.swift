import TestSupport
import Testing

extension HTTPTests {
    /// Clients in Python: requests, and one written after idalloc's README with the standard library.
    @Suite struct HTTPPythonTests {
        @Test func requests() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            try await server.python(
                """
                import requests, threading
                base = f"http://127.0.0.1:{port}"
                session = requests.Session()
                r = session.post(base + "/alloc", json={"serviceName": "order", "count": 3}, headers={"X-Trace-Id": "t"})
                assert r.status_code == 200 and r.headers["X-Trace-Id"] == "t", r.text
                body = r.json()
                assert list(body) == ["code", "msg", "data", "traceId", "ts"], body
                assert body["code"] == 0 and body["msg"] == "OK" and body["data"] == {"ids": [1, 2, 3]}
                r = session.post(base + "/alloc", json={"serviceName": "order", "count": 101})
                assert r.status_code == 400 and r.json()["code"] == 400000
                # Names in every way that requests encodes them.
                for name in ["café", "日本", "🙂"]:
                    assert session.post(base + "/alloc", json={"serviceName": name}).json()["data"]["ids"] == [1]
                    path = requests.utils.quote(name, safe="")
                    assert session.post(base + f"/v1/sequences/{path}/next").json()["numbers"] == [2]
                assert session.get(base + "/api/segment/get/order").text == "4"
                r = session.post(base + "/id/nextId", data={"bizType": "order", "batchSize": 2, "token": "x"})
                assert r.json() == {"data": [5, 6], "code": 200, "message": ""}, r.text
                assert session.head(base + "/api/segment/get/order").status_code == 405
                r = session.post(base + "/v1/sequences/order/next", params={"count": 2})
                assert r.json()["numbers"] == [7, 8] and r.headers["Cache-Control"] == "no-store"
                # A body in pieces, whose length nobody knows.
                pieces = (part for part in [b'{"service', b'Name":"order"', b"}"])
                assert session.post(base + "/alloc", data=pieces).json()["data"]["ids"] == [9]
                assert session.delete(base + "/v1/sequences/order").status_code == 204
                # A body that is too long is refused, and the next request of the session is served.
                r = session.post(base + "/alloc", data=b"x" * 70000)
                assert r.status_code == 413, r.status_code
                for _ in range(3):
                    r = session.post(base + "/alloc", data=b"x" * 70000)
                    assert r.status_code == 413, r.status_code
                    assert session.post(base + "/alloc", json={"serviceName": "after"}).status_code == 200

                taken, lock = [], threading.Lock()
                def work():
                    with requests.Session() as own:
                        mine = [own.post(base + "/alloc", json={"serviceName": "many", "count": 3}).json()
                            for _ in range(100)]
                    ids = [id for answer in mine for id in answer["data"]["ids"]]
                    assert ids == sorted(ids)
                    with lock: taken.extend(ids)
                threads = [threading.Thread(target=work) for _ in range(8)]
                [t.start() for t in threads]; [t.join() for t in threads]
                assert sorted(taken) == list(range(1, 2401))
                """)
        }

        /// Whoever switches from idalloc changes an address and nothing else.
        @Test func aClientOfIdalloc() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            try await server.python(
                """
                import json, urllib.request, urllib.error

                class Idalloc:
                    def __init__(self, address): self.address = address
                    def alloc(self, service, count=None):
                        body = {"serviceName": service}
                        if count is not None: body["count"] = count
                        request = urllib.request.Request(
                            self.address + "/alloc", json.dumps(body).encode(), {"Content-Type": "application/json"})
                        try:
                            with urllib.request.urlopen(request) as response: answer = response.read()
                        except urllib.error.HTTPError as error: answer = error.read()
                        answer = json.loads(answer)
                        assert set(answer) == {"code", "msg", "data", "traceId", "ts"}
                        if answer["code"] != 0: raise ValueError(answer["code"])
                        return answer["data"]["ids"]

                client = Idalloc(f"http://127.0.0.1:{port}")
                assert client.alloc("order", 3) == [1, 2, 3]
                assert client.alloc(" Order ") == [4]
                assert client.alloc("order", 0) == [5]
                assert client.alloc("order", 100) == list(range(6, 106))
                assert client.alloc("user") == [1]
                for service, count in [("order", 101), ("order", -1), ("", 1), ("x" * 65, 1)]:
                    try: client.alloc(service, count)
                    except ValueError as error: assert error.args == (400000,)
                    else: raise AssertionError((service, count))
                assert client.alloc("order") == [106]
                """)
        }
    }
}
