import Foundation
@testable import OrdinalMySQL
import TestSupport
import Testing

@Suite struct LocationTests {
    @Test func theShortestLocation() throws {
        let location = try MySQLLocation("mysql://ordinal@db.example/numbers")
        #expect(location.endpoint == .host("db.example", port: 3306))
        #expect(location.user == "ordinal")
        #expect(location.database == "numbers")
        #expect(location.password == .none)
        #expect(location.tls == .verify)
        #expect(location.timeout == .seconds(2))
        #expect(location.connections == 4)
        #expect(location.ca == nil)
    }

    @Test func everythingAtOnce() throws {
        let location = try MySQLLocation(
            "mariadb://us%65r%40x:p%40ss%3A%2F%25w%C3%B6rd@[2001:db8::1]:3307/my%20db"
                + "?tls=verify&ca=/etc/a%26b.pem&timeout=1500ms&connections=9")
        #expect(location.endpoint == .host("2001:db8::1", port: 3307))
        #expect(location.user == "user@x")
        #expect(location.password == .text("p@ss:/%wörd"))
        #expect(location.database == "my db")
        #expect(location.ca == "/etc/a&b.pem")
        #expect(location.timeout == .milliseconds(1_500))
        #expect(location.connections == 9)
    }

    @Test func aSocket() throws {
        for host in ["", "localhost"] {
            let location = try MySQLLocation("mysql://u@\(host)/d?socket=%2Frun/mysqld.sock")
            #expect(location.endpoint == .unixSocket(path: "/run/mysqld.sock"))
            #expect(location.tls == .off)
        }
    }

    @Test(arguments: [
        ("localhost", MySQLLocation.TLS.off), ("127.0.0.1", .off), ("[::1]", .off), ("127.1.2.3:3306", .off),
        ("10.0.0.1", .verify), ("localhost.example", .verify), ("1127.0.0.1", .verify),
    ])
    func plainTextOnlyWithinThisMachine(host: String, tls: MySQLLocation.TLS) throws {
        #expect(try MySQLLocation("mysql://u@\(host)/d").tls == tls)
        #expect(try MySQLLocation("mysql://u@\(host)/d?tls=require").tls == .require)
    }

    @Test func whereThePasswordComesFrom() throws {
        func password(_ text: String, _ given: String?) throws -> MySQLLocation.Password {
            try MySQLLocation(text, password: given).password
        }
        #expect(try password("mysql://u@h/d", "given") == .text("given"))
        #expect(try password("mysql://u@h/d", "") == .none)
        #expect(try password("mysql://u:own@h/d", "given") == .text("own"))
        #expect(try password("mysql://u:@h/d", "given") == .text(""))
        #expect(try password("mysql://u@h/d?password_file=/f", "given") == .file(path: "/f"))
        #expect(try password("mysql://u:a:b@h/d", nil) == .text("a:b"))
        #expect(try password("mysql://u:a@b@h/d", nil) == .text("a@b"))
    }

    @Test(arguments: [
        ("redis://h/d", "mysql://"), ("", "mysql://"), ("mysql:/u@h/d", "mysql://"),
        ("mysql://h/d", "user"), ("mysql://:p@h/d", "user"),
        ("mysql://u@/d", "host"), ("mysql://u@:3306/d", "host"),
        ("mysql://u@h", "database"), ("mysql://u@h/", "database"), ("mysql://u@h/a/b", "database"),
        ("mysql://u@h:0/d", "port"), ("mysql://u@h:65536/d", "port"), ("mysql://u@h:/d", "port"),
        ("mysql://u@h:+1/d", "port"), ("mysql://u@h:x/d", "port"), ("mysql://u@[::1]:x/d", "port"),
        ("mysql://u@[::1/d", "address"), ("mysql://u@[::1]5/d", "address"), ("mysql://u@::1/d", "brackets"),
        ("mysql://u%@h/d", "user"), ("mysql://u%4@h/d", "user"), ("mysql://u%zz@h/d", "user"),
        ("mysql://u:%FF@h/d", "password"), ("mysql://u:%00@h/d", "password"), ("mysql://u@h/d%0A", "database"),
        ("mysql://u@h/d#x", "%23"),
        ("mysql://u@h/d?colour=red", "unknown"), ("mysql://u@h/d?TLS=off", "unknown"),
        ("mysql://u@h/d?tls=on", "verify"), ("mysql://u@h/d?tls=", "tls"), ("mysql://u@h/d?tls", "tls"),
        ("mysql://u@h/d?tls=off&tls=off", "twice"), ("mysql://u@h/d?ca=/f&tls=off", "tls=verify"),
        ("mysql://u@h/d?timeout=2", "timeout"), ("mysql://u@h/d?timeout=99ms", "timeout"),
        ("mysql://u@h/d?timeout=61s", "timeout"), ("mysql://u@h/d?timeout=-2s", "timeout"),
        ("mysql://u@h/d?connections=0", "connections"), ("mysql://u@h/d?connections=65", "connections"),
        ("mysql://u@h/d?socket=/s", "socket"), ("mysql://u@/d?socket=/s&tls=require", "socket"),
        ("mysql://u:p@h/d?password_file=/f", "password_file"),
    ])
    func whatIsWrongIsSaid(text: String, mention: String) {
        #expect { try MySQLLocation(text) } throws: { error in "\(error)".contains(mention) }
    }

    @Test func noTextShowsThePassword() throws {
        let location = try MySQLLocation("mysql://us%20er:hunter2@h:1/d%2F?tls=off", password: "hunter3")
        #expect(location.description == "mysql://us%20er@h:1/d%2F?tls=off")
        var dumped = ""
        dump(location, to: &dumped)
        let texts = [
            "\(location)", String(reflecting: location), dumped, "\([location])", "\(Optional(location) as Any)",
            MySQLStore(location).label,
        ]
        for text in texts { #expect(!text.contains("hunter")) }
        for text in ["mysql://u:hunter2@h:x/d", "mysql://u:hunter2@h/d?hunter2=1", "mysql://u:hunter2/d", "hunter2"] {
            #expect { try MySQLLocation(text) } throws: { error in !"\(error)".contains("hunter") }
        }
    }

    @Test func theDescriptionIsALocation() throws {
        for text in [
            "mysql://u@h:3306/d?tls=require", "mysql://u@[::1]:3306/d?tls=off", "mysql://u@/d?socket=/run/a%20b",
            "mysql://%C3%B6@h:3306/%25?tls=verify",
        ] {
            #expect(try MySQLLocation(text).description == text)
        }
    }

    @Test func aPasswordFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("password")
        try "secret\r\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try MySQLLocation.Password.file(path: path).text() == "secret")
        let error = #expect(throws: MySQLFailure.self) {
            try MySQLLocation.Password.file(path: path + ".missing").text()
        }
        #expect(error?.isPermanent == true)
        #expect(error?.description.contains("No such file or directory") == true)
    }
}
