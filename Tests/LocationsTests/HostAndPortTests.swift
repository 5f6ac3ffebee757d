import Locations
import Testing

@Suite struct HostAndPortTests {
    @Test(
        arguments: [
            ("host", "host", nil), ("host:1", "host", 1), ("10.0.0.1:65535", "10.0.0.1", 65_535), ("[::1]", "::1", nil),
            ("[::1]:6379", "::1", 6379), ("", "", nil), (":80", "", 80), ("[]:80", "", 80), ("h:0080", "h", 80),
        ] as [(String, String, Int?)])
    func isRead(text: String, host: String, port: Int?) throws {
        #expect(try HostAndPort(text[...]) == HostAndPort(host: host, port: port))
    }

    @Test(arguments: ["host", "host:1", "[::1]", "[::1]:6379"])
    func isWrittenAsItIsRead(text: String) throws {
        #expect(try HostAndPort(text[...]).description == text)
    }

    @Test(arguments: [
        ("h:", "a port"), ("h:0", "a port"), ("h:65536", "a port"), ("h:+1", "a port"), ("h:-1", "a port"),
        ("h:x", "a port"), ("h: 1", "a port"), ("[::1]:", "a port"), ("[::1", "not closed"),
        ("[::1]5", "after the address"),
        ("::1", "in brackets"), ("h:1:2", "in brackets"),
    ])
    func whatIsWrongIsSaid(text: String, mention: String) {
        #expect { try HostAndPort(text[...]) } throws: { "\($0)".contains(mention) }
    }
}
