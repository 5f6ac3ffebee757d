import Testing

@testable import OrdinalServer

@Suite struct ConfigurationValueTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("5s", .seconds(5)), ("10m", .seconds(600)), ("1h", .seconds(3_600)),
        ("1_000ms", .seconds(1)),
    ])
    func durations(text: String, expected: Duration) throws {
        #expect(try ValueFormat.duration(.milliseconds(1) ... .seconds(86_400)).read(text) == expected)
    }

    @Test(arguments: [
        "", "5", "s", "ms", "-5s", "+5s", "5 s", "5S", "1.5s", "5d", "_5s", "5_s", "1__0s", "0s", "25h", "٥s",
        "9223372036854775807h",
    ])
    func wrongDurations(text: String) {
        #expect(throws: WrongValue()) { try ValueFormat.duration(.milliseconds(1) ... .seconds(86_400)).read(text) }
    }

    @Test func zeroMeansNeverOnlyWhereItMay() throws {
        #expect(try ValueFormat.durationOrNever(.seconds(1) ... .seconds(10)).read("0") == nil)
        #expect(try ValueFormat.durationOrNever(.seconds(1) ... .seconds(10)).read("2s") == .seconds(2))
        #expect(throws: WrongValue()) { try ValueFormat.durationOrNever(.seconds(1) ... .seconds(10)).read("0s") }
    }

    @Test(arguments: [("65536", 65_536), ("64KiB", 65_536), ("1MiB", 1 << 20), ("1GiB", 1 << 30), ("1_024", 1_024)])
    func sizes(text: String, expected: Int) throws {
        #expect(try ValueFormat.size(1...(1 << 30)).read(text) == expected)
    }

    @Test(arguments: ["", "KiB", "64KB", "64K", "64kib", "-1", "+1", "0", "1.5MiB", "2GiB", "9223372036854775807GiB"])
    func wrongSizes(text: String) {
        #expect(throws: WrongValue()) { try ValueFormat.size(1...(1 << 30)).read(text) }
    }

    @Test(arguments: [("1", 1), ("1_000_000", 1_000_000), ("1000000", 1_000_000), ("007", 7)])
    func integers(text: String, expected: Int64) throws {
        #expect(try ValueFormat.integer(Int64(1)...1_000_000).read(text) == expected)
    }

    @Test(arguments: [
        "", "_", "1_", "_1", "1__0", "-1", "+1", "0", "1000001", "1e3", "0x10", "9223372036854775808", " 1", "١",
    ])
    func wrongIntegers(text: String) {
        #expect(throws: WrongValue()) { try ValueFormat.integer(Int64(1)...1_000_000).read(text) }
    }

    @Test(arguments: [
        ("127.0.0.1:6389", "127.0.0.1", 6389, true), ("localhost:1", "localhost", 1, true), ("[::1]:0", "::1", 0, true),
        ("127.9.9.9:1", "127.9.9.9", 1, true), (":6389", "0.0.0.0", 6389, false), ("0.0.0.0:1", "0.0.0.0", 1, false),
        ("[::]:65535", "::", 65_535, false), ("127.0.0.1.example.com:1", "127.0.0.1.example.com", 1, false),
        ("127.example:1", "127.example", 1, false), ("db:1", "db", 1, false),
    ])
    func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.isLoopback == isLoopback)
        #expect(ListenAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "127.0.0.1", "6389", "host:", "host:65536", "host:-1", "host:+1", "host:x", "::1:6389", "[::1]",
        "[::1:6389",
        "[]:1", "[host]:1", "a b:1", "http://host:1", "user@host:1",
    ])
    func wrongAddresses(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("sqlite:ordinal.db", "ordinal.db"), ("sqlite:/var/lib/o.db", "/var/lib/o.db"), ("SQLite:o.db", "o.db"),
        ("sqlite:///var/lib/o.db", "/var/lib/o.db"), ("sqlite:a b%20c.db", "a b%20c.db"),
    ])
    func stores(text: String, path: String) throws {
        #expect(try StoreLocation(text: text) == .sqlite(path: path))
    }

    @Test(arguments: [
        "", "ordinal.db", "sqlite", "sqlite:", "sqlite://host/o.db", "sqlite:dir/", "sqlite::memory:", "x:y",
    ])
    func wrongStores(text: String) {
        #expect(throws: WrongValue.self) { try StoreLocation(text: text) }
    }

    /// What is shown of a location holds no password, and is one.
    @Test(arguments: [
        ("mysql://o:secret@db.example/ids", "mysql://o@db.example:3306/ids?tls=verify"),
        ("redis://:secret@localhost", "redis://localhost:6379"),
        (
            "rediss://u:secret@r.example:7/2 over mariadb://o:secret@127.0.0.1/ids",
            "rediss://r.example:7/2 over mysql://o@127.0.0.1:3306/ids?tls=off"
        ),
        ("redis://localhost over sqlite:a over b.db", "redis://localhost:6379 over sqlite:a over b.db"),
        ("sqlite:redis://a over b", "sqlite:redis://a over b"),
    ])
    func storesOnServers(text: String, shown: String) throws {
        #expect(try StoreLocation(text: text).description == shown)
        #expect(try StoreLocation(text: shown).description == shown)
    }

    @Test func passwordsMayComeApart() throws {
        var passwords = StorePasswords()
        (passwords.mysql, passwords.redis) = ("one", "other")
        let both = try StoreLocation(text: "redis://localhost over mysql://o@localhost/ids", passwords: passwords)
        #expect(try both == StoreLocation(text: "redis://:other@localhost over mysql://o:one@localhost/ids"))
        #expect(!"\(passwords)".contains("one") && !String(reflecting: both).contains("one"))
    }

    @Test(arguments: [
        "mysql://localhost/ids", "mysql://o@localhost", "redis://", "redis://localhost over redis://localhost",
        "mysql://o@localhost/ids over redis://localhost", "redis://localhost over", "redis://localhost/x",
        "redis://localhost over postgres://localhost", "postgres://localhost", "etcd://localhost",
    ])
    func wrongStoresOnServers(text: String) {
        #expect(throws: WrongValue.self) { try StoreLocation(text: text) }
    }

    @Test func everyDefaultIsAValueOfItsOwnKey() throws {
        for key in ConfigurationKey.all {
            guard let text = key.write(ServerConfiguration()) else { continue }
            var configuration = ServerConfiguration()
            #expect(throws: Never.self, "\(key.name) = \(text)") { try key.read(text, &configuration) }
            #expect(key.write(configuration) == text, "\(key.name)")
        }
    }

    @Test func aNameIsTakenForTheNearestOnlyIfItIsNear() {
        #expect(nearest(to: "redis.adress", in: ["redis.address", "redis.select"]) == "redis.address")
        #expect(nearest(to: "wiat", in: ["wait"]) == nil)
        #expect(nearest(to: "wat", in: ["wait"]) == "wait")
        #expect(nearest(to: "colour", in: ["wait", "store"]) == nil)
    }
}
