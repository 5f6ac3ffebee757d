import Foundation
import NIOCore
import Testing

@testable import OrdinalServer

/// What clients send is read strictly.
@Suite struct JSONObjectTests {
    private func read(_ text: String) throws -> JSONObject { try JSONObject(ByteBuffer(string: text)) }

    @Test func membersOfEveryKind() throws {
        let object = try read(
            " {\"a\" : \"x\\u00e9\\uD83D\\uDE00\\n\\\"\\/é\" ,\n\"b\":-12,\t\"c\":\"7\",\r\"d\":null,\"e\":[1,{\"x\":[]},true,false],\"f\":{}} "
        )
        #expect(Set(object.names) == ["a", "b", "c", "d", "e", "f"])
        #expect(try object.text("a") == "xé😀\n\"/é")
        #expect(try object.integer("b") == -12)
        #expect(try object.integer("c", inQuotes: true) == 7)
        #expect(try object.text("d") == nil && object.integer("d") == nil && object.integer("none") == nil)
        #expect(throws: HTTPFailure.self) { try object.integer("c") }
        #expect(throws: HTTPFailure.self) { try object.integer("a", inQuotes: true) }
        for name in ["b", "e", "f"] { #expect(throws: HTTPFailure.self) { try object.text(name) } }
        #expect(try read("{}").names.isEmpty)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[]", "1", "null", "{}}", "{} x", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{'a':1}", "{\"a\":01}", "{\"a\":-}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":+1}", "{\"a\":NaN}",
        "{\"a\":tru}", "{\"a\":nulll}", "{\"a\":\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\uD800\"}",
        "{\"a\":\"\\uDC00\"}", "{\"a\":\"\\uD800\\u0041\"}", "{\"a\":\"\n\"}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}",
        "{\"a\":[1 2]}", "{\"a\":1}{}", "{\"a\":1/**/}", "\u{FEFF}{}",
    ])
    func nothingElseIsTaken(text: String) {
        #expect(throws: JSONReader.Problem.self, "\(text)") { try read(text) }
    }

    /// Which of the two counts is a question that readers answer differently.
    @Test func noMemberComesTwice() {
        let problem = #expect(throws: JSONReader.Problem.self) { try read("{\"count\":1,\"c\\u006funt\":2}") }
        #expect(problem?.description == "it has \"count\" twice")
    }

    @Test func whatIsNotUTF8IsRefused() {
        for wrong: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80]] {
            let body = Array("{\"a\":\"".utf8) + wrong + Array("\"}".utf8)
            #expect(throws: JSONReader.Problem.self) { try JSONObject(ByteBuffer(bytes: body)) }
        }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        _ = try read(nested(JSONReader.maximumDepth - 1))
        #expect(throws: JSONReader.Problem.self) { try read(nested(JSONReader.maximumDepth)) }
        #expect(throws: JSONReader.Problem.self) { try read(nested(30_000)) }
    }

    @Test func numbersAreTakenWholeOrNotAtAll() throws {
        #expect(try read("{\"a\":9223372036854775807}").integer("a") == .max)
        #expect(try read("{\"a\":-0}").integer("a") == 0)
        let written: [(String, Int64)] = [
            ("1.0", 1), ("1e2", 100), ("1E+2", 100), ("-1.50e1", -15), ("1200e-2", 12), ("0.0", 0),
            ("9223372036854775807.00", .max), ("9.007199254740993e15", 9_007_199_254_740_993),
        ]
        for (text, number) in written { #expect(try read("{\"a\":\(text)}").integer("a") == number, "\(text)") }
        let wrong = [
            "9223372036854775808", "1.5", "1e-1", "1e19", "1e101", "1e-101", "1e9999999999999999999", "0.1e0",
        ]
        for wrong in wrong {
            let object = try read("{\"a\":\(wrong)}")
            #expect(throws: HTTPFailure.self, "\(wrong)") { try object.integer("a") }
        }
    }

    /// Foundation's reader and this one agree on texts that were changed at random, but where this one is stricter.
    @Test func agreesWithFoundation() throws {
        var random = SystemRandomNumberGenerator()
        let sample = Array("{\"a\":[1,-2.5e3,\"x\\n\\u00e9\"],\"b\":{\"c\":null,\"d\":true},\"e\":\"é\"}".utf8)
        for _ in 0..<20_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : bytes[sample.count - 1 - index]
            }
            guard (try? JSONObject(ByteBuffer(bytes: bytes))) != nil else { continue }
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any],
                "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
