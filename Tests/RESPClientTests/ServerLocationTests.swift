import RESPClient
import Testing

@Suite struct ServerLocationTests {
    @Test func servers() throws {
        func servers(_ text: String) throws -> RESPServerLocation.Servers { try RESPServerLocation(text).servers }
        #expect(try servers("redis://localhost") == .server(.host("localhost", port: 6379)))
        #expect(try servers("redis://localhost/") == .server(.host("localhost", port: 6379)))
        #expect(try servers("redis://10.0.0.1:7000/2") == .server(.host("10.0.0.1", port: 7000)))
        #expect(try servers("rediss://[::1]:7000") == .server(.host("::1", port: 7000)))
        #expect(try servers("redis://[fe80::1]") == .server(.host("fe80::1", port: 6379)))
        #expect(try servers("redis+unix:///run/re%20dis.sock") == .server(.unixSocket(path: "/run/re dis.sock")))
        let sentinels = try servers("redis+sentinel://a:1,b,[::1]:3/my-master/4")
        let addresses: [RESPAddress] = [.host("a", port: 1), .host("b", port: 26379), .host("::1", port: 3)]
        #expect(sentinels == .sentinels(addresses, master: "my-master"))
    }

    @Test func login() throws {
        let full = try RESPServerLocation("redis://us%40er:p%2Fw%3A%3F@host:1/3")
        #expect((full.user, full.password, full.database) == ("us@er", "p/w:?", 3))
        #expect(try RESPServerLocation("redis://:secret@host").user == nil)
        #expect(try RESPServerLocation("redis://:secret@host").password == "secret")
        #expect(try RESPServerLocation("redis://:p@ss:word@host").password == "p@ss:word")
        let outside = try RESPServerLocation("redis://alice@host", password: "wonder")
        #expect((outside.user, outside.password) == ("alice", "wonder"))
        let file = try RESPServerLocation("redis://alice@host?password_file=/etc/secret%26")
        #expect(file.passwordFile == "/etc/secret&")
    }

    @Test func parameters() throws {
        let standard = try RESPServerLocation("redis://host")
        #expect((standard.timeout, standard.prefix, standard.database) == (.seconds(2), "ordinal", 0))
        #expect(standard.tls == nil)
        let all = try RESPServerLocation("rediss://host?timeout=500ms&prefix=a:b&ca=/a&cert=/c&key=/k")
        #expect((all.timeout, all.prefix) == (.milliseconds(500), "a:b"))
        let tls = try #require(all.tls)
        #expect((tls.certificateAuthority, tls.certificate, tls.privateKey) == ("/a", "/c", "/k"))
        #expect(try RESPServerLocation("rediss://host").tls != nil)
        #expect(try RESPServerLocation("redis+unix:///s?db=5").database == 5)
        #expect(try RESPServerLocation("rediss+sentinel://h/m?sentinel_password_file=/p").sentinelPasswordFile == "/p")
    }

    @Test func descriptionsHoldNoSecret() throws {
        for (text, description) in [
            ("redis://user:secret@host/2?timeout=3s", "redis://host:6379/2"),
            ("rediss://:secret@[::1]:1", "rediss://[::1]:1"),
            ("redis+unix:///run/redis.sock?db=2", "redis+unix:///run/redis.sock?db=2"),
            ("redis+sentinel://user:secret@a,b:2/main/3", "redis+sentinel://a:26379,b:2/main/3"),
        ] {
            let location = try RESPServerLocation(text)
            #expect("\(location)" == description)
            #expect(!"\([location])".contains("secret"))
            #expect(!"\(String(reflecting: location))".contains("secret"))
        }
    }

    @Test(arguments: [
        ("localhost:6379", "write redis://host:port"), ("mysql://localhost", "write redis://host:port"),
        ("redis:localhost", "write redis://host:port"), ("redis://", "the name or address of a host is missing"),
        ("redis://:6379", "the name or address of a host is missing"), ("redis://host:0", "a port is a number"),
        ("redis://host:65536", "a port is a number"), ("redis://host:+1", "a port is a number"),
        ("redis://::1", "an IPv6 address is written in brackets"), ("redis://host/x", "the database is a number"),
        ("redis://host/-1", "the database is a number"), ("redis://host/1/2", "only the number of a database"),
        ("redis://secret/word@host", "in a password, / ? and @ are written %2F %3F and %40"),
        ("redis://u:secret?word@host", "in a password, / ? and @ are written"),
        ("redis://:secret@host?password_file=/x", "the password is given more than once"),
        ("redis://secret@host", "a user is given without a password"), ("redis://:%zz@h", "two hexadecimal digits"),
        ("redis://:%ff@h", "not UTF-8"), ("redis://:%00@h", "not UTF-8"), ("redis://:%+1@h", "two hexadecimal digits"),
        ("redis://h?secret=1", "an unknown parameter; there are timeout"),
        ("redis://h?timeout", "timeout has no value"),
        ("redis://h?timeout=1s&timeout=2s", "timeout is given twice"), ("redis://h?timeout=2", "timeout is a time"),
        ("redis://h?timeout=61s", "timeout is a time"), ("redis://h?timeout=9ms", "timeout is a time"),
        ("redis://h?timeout=99999999999s", "timeout is a time"), ("redis://h?timeout=-1s", "timeout is a time"),
        ("redis://h?ca=/x", "for rediss:// only"), ("rediss://h?cert=/x", "cert and key belong together"),
        ("redis://h?db=1", "db means nothing here"), ("redis://h?prefix=a%20b", "prefix is"),
        ("redis://h?prefix={a}", "prefix is"), ("redis+unix://run/redis.sock", "three slashes"),
        ("redis+sentinel://h", "the name of the master is missing"),
        ("redis+sentinel://h,,i/m", "the name or address of a host"),
        ("redis://h?sentinel_password_file=/x", "for redis+sentinel:// only"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ advice: String) {
        let error = #expect(throws: InvalidServerLocation.self) { try RESPServerLocation(text) }
        #expect("\(String(describing: error))".contains(advice))
        #expect(!"\(String(describing: error))".contains("secret"))
    }

    @Test func tooLong() {
        #expect(throws: InvalidServerLocation.self) {
            try RESPServerLocation("redis://" + String(repeating: "h", count: 5_000))
        }
        #expect(throws: InvalidServerLocation.self) {
            try RESPServerLocation("redis+sentinel://" + String(repeating: "h,", count: 20) + "h/m")
        }
    }
}
