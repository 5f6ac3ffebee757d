import RESP
import Testing

@Suite struct InlineRequestTests {
    /// What redis-server 7.0 makes of the same lines.
    @Test(
        arguments: [
            ("PING\r\n", [["PING"]]),
            ("PING\n", [["PING"]]),
            ("  GET   a\tb  \r\n", [["GET", "a", "b"]]),
            (#"SET "a b" 'c d'"# + "\r\n", [["SET", "a b", "c d"]]),
            (#"ECHO "\n\r\t\b\a\x41\xfF\\\"\q""# + "\r\n", [["ECHO", "\n\r\t\u{8}\u{7}A\u{FF}\\\"q"]]),
            (#"ECHO 'it\'s' '\n'"# + "\r\n", [["ECHO", "it's", #"\n"#]]),
            (#"ECHO "" ''"# + "\r\n", [["ECHO", "", ""]]),
            (#"ECHO pre"fix a" x\ny"# + "\r\n", [["ECHO", "prefix a", #"x\ny"#]]),
            (#"ECHO "\x4" "\xzz""# + "\r\n", [["ECHO", "x4", "xzz"]]),
            ("ECHO a\u{B}b\u{C}c \u{B} d\r\n", [["ECHO", "a\u{B}b\u{C}c", "d"]]),
            (#"ECHO "it's" 'say "hi"'"# + "\r\n", [["ECHO", "it's", "say \"hi\""]]),
            (#"ECHO "a""# + "\r\nECHO b\r\n", [["ECHO", "a"], ["ECHO", "b"]]),
            ("GET a\r\n*1\r\n$4\r\nPING\r\nGET b\r\n", [["GET", "a"], ["PING"], ["GET", "b"]]),
        ] as [(String, [[String]])])
    func words(_ text: String, _ requests: [[String]]) {
        for delivery in Delivery.all {
            let result = Requests(parsing: text, delivery: delivery)
            #expect(result.requests == requests, "\(delivery)")
            #expect(result.error == nil, "\(delivery)")
            #expect(result.rest == 0, "\(delivery)")
        }
    }

    @Test(
        arguments: [
            #"GET "a"#, #"GET 'a"#, #"GET "a"b"#, #"GET 'a'b"#, #"GET "a\""#, #"GET 'a\'"#, #"""#, #"GET "a\"#,
            #"GET "a""b""#,
        ])
    func unbalancedQuotes(_ line: String) {
        for delivery in Delivery.all {
            let result = Requests(parsing: line + "\r\n", delivery: delivery)
            #expect(result.error == .unbalancedQuotes, "\(delivery)")
        }
    }

    @Test func bytesAboveASCIIStayAsTheyAre() {
        let line = Array("GET café ".utf8) + [0xFF, 0x00, 0x80] + Array("\r\n".utf8)
        let result = Requests(parsing: line)
        #expect(result.requests == [["GET", "caf\u{C3}\u{A9}", "\u{FF}\u{0}\u{80}"]])
    }
}
