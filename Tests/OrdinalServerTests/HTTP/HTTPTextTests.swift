import Foundation
import HTTPTypes
import HummingbirdCore
import Locations
import NIOCore
import NIOHTTPTypes
import Testing

@testable import OrdinalServer

/// The texts of HTTP: JSON out, paths, queries and fields in.
@Suite struct HTTPTextTests {
    @Test func membersStandInTheirOrder() {
        var json = JSONText()
        json.object { json in
            json.name("z")
            json.array([Int64.min, -1, 0, 9, 10, .max]) { $0.write($1) }
            json.name("a")
            json.object { _ in }
            json.name("m")
            json.array { json in
                json.write(true)
                json.writeNull()
                json.write(1.5)
                json.write(Double.infinity)
                json.write(7, quoted: true)
            }
        }
        #expect(
            String(buffer: json.buffer)
                == "{\"z\":[-9223372036854775808,-1,0,9,10,9223372036854775807],\"a\":{},\"m\":[true,null,1.5,null,\"7\"]}"
        )
    }

    /// Whatever is written comes back as it was.
    @Test func anyTextIsWrittenSoThatItCanBeRead() throws {
        let texts = ["", "café 😀", "\"\\/", (0..<0x20).map { String(Unicode.Scalar($0)!) }.joined(), "\u{7F}\u{2028}"]
        var json = JSONText()
        json.array(texts) { $0.write($1) }
        let read = try JSONSerialization.jsonObject(with: Data(json.buffer.readableBytesView))
        #expect(read as? [String] == texts)
    }

    @Test func percentEncodingIsBytes() {
        #expect(PercentEncoding.decode("a%2Fb%c3%A9+".utf8) == Array("a/bé+".utf8))
        #expect(PercentEncoding.decode("a+b".utf8, plusIsSpace: true) == Array("a b".utf8))
        for wrong in ["%", "%4", "%zz", "a%+1"] { #expect(PercentEncoding.decode(wrong.utf8) == nil, "\(wrong)") }
        let all = (0...255).map { UInt8($0) }
        #expect(PercentEncoding.decode(PercentEncoding.encode(all).utf8) == all)
        #expect(PercentEncoding.encode(Array("a-Z_0.~ /é".utf8)) == "a-Z_0.~%20%2F%C3%A9")
    }

    @Test func parametersOfAQuery() throws {
        let query = FormText("a=1&b=x+y%26z&empty=&alone&c%C3%A9=2")
        #expect(try query.value("a") == "1")
        #expect(try query.value("b") == "x y&z")
        #expect(try query.value("empty") == "" && query.value("alone") == "")
        #expect(try query.value("cé") == "2")
        #expect(try query.value("nothing") == nil)
        #expect(throws: HTTPFailure.self) { try FormText("a=1&a=1").value("a") }
        #expect(throws: HTTPFailure.self) { try FormText("a=%ff").value("a") }
        #expect(throws: HTTPFailure.self) { try FormText("a=%1").value("a") }
    }

    @Test func theDateIsHTTPs() {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    private func traceID(_ fields: [(String, String)]) -> String {
        var request = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")
        for (name, value) in fields { request.headerFields[HTTPField.Name(name)!] = value }
        return TraceID.of(request.headerFields, header: .traceID)
    }

    @Test func theTraceIDIsTheRequestsOrANewOne() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        #expect(traceID([("X-Trace-Id", "abc-1")]) == "abc-1")
        #expect(traceID([("traceparent", parent)]) == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(traceID([("X-Trace-Id", "abc-1"), ("traceparent", parent)]) == "abc-1")
        let made = traceID([])
        #expect(made.count == 32 && made.allSatisfy(\.isHexDigit) && traceID([]) != made)
        for wrong in [String(repeating: "x", count: 129), "a b", "café"] {
            #expect(traceID([("X-Trace-Id", wrong)]).count == 32, "\(wrong)")
        }
        for wrong in [
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff" + parent.dropFirst(2),
            "00-abc-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            #expect(traceID([("traceparent", wrong)]) != "4bf92f3577b34da6a3ce929d0e0e4736", "\(wrong)")
        }
    }
}
