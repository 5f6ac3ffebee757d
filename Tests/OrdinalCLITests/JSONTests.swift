import Testing

@testable import OrdinalCLI

@Suite struct JSONTests {
    @Test func keysAreSortedAndIntegersKeepAll64Bits() {
        let json: JSON = ["b": .integer(4_611_686_018_427_387_903), "a": .array([.null, .bool(true), .integer(-1)])]
        #expect("\(json)" == #"{"a":[null,true,-1],"b":4611686018427387903}"#)
    }

    @Test func textIsEscapedAndKeepsItsScalars() {
        #expect("\(JSON.string("a\"b\\c\n\u{1}\u{7F}"))" == #""a\"b\\c\n\u0001\u007f""#)
        let composed = JSON.string("caf\u{E9}").description
        let decomposed = JSON.string("cafe\u{301}").description
        #expect(Array(composed.utf8) != Array(decomposed.utf8))
    }

    @Test func whatJSONHasNoWordForIsNull() {
        #expect("\(JSON.number(.infinity))" == "null")
        #expect("\(JSON.number(1.5))" == "1.5")
    }
}
