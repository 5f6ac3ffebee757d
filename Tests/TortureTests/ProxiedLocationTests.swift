import Testing

@testable import Torture

@Suite struct ProxiedLocationTests {
    @Test(arguments: [
        ("redis://localhost", "redis://127.0.0.1:1"),
        ("redis://user:p%40ss@10.0.0.1:7000/2?prefix=x", "redis://user:p%40ss@127.0.0.1:1/2?prefix=x"),
        ("redis://[::1]:6379", "redis://127.0.0.1:1"),
        ("mysql://u:p@127.0.0.1:3307/db", "mysql://u:p@127.0.0.1:1/db"),
        ("mysql://u@db.example.com/db?tls=off", "mysql://u@127.0.0.1:1/db?tls=off"),
        (
            "redis://a:1000 over mysql://u:p@localhost/db?timeout=1s",
            "redis://127.0.0.1:1 over mysql://u:p@127.0.0.1:2/db?timeout=1s"
        ),
        ("redis://a over sqlite:x.db", "redis://127.0.0.1:1 over sqlite:x.db"),
    ])
    func putsProxiesIn(text: String, expected: String) {
        #expect(ProxiedLocation(text).text(ports: [1, 2]) == expected)
    }

    @Test(arguments: [
        "sqlite:ordinal.db", "rediss://host", "redis+unix:///run/redis.sock", "redis+sentinel://a,b/master",
        "mysql://u@db.example.com/db", "mysql://u@localhost/db?tls=verify", "mysql://u@/db?socket=/run/m.sock", "",
        "redis://host:port",
    ])
    func leavesAlone(text: String) {
        let location = ProxiedLocation(text)
        #expect(location.servers.isEmpty)
        #expect(location.text(ports: [1, 2]) == text)
    }

    @Test func knowsTheServers() {
        let servers = ProxiedLocation("redis://a over mariadb://u:p@[::1]:3307/db").servers
        #expect(servers == [.init(host: "a", port: 6379), .init(host: "::1", port: 3307)])
    }
}
