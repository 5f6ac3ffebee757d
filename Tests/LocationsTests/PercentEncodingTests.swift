import Locations
import Testing

@Suite struct PercentEncodingTests {
    @Test func onlyWhatNeedsItIsEscaped() {
        #expect(PercentEncoding.encode("azAZ09-._~") == "azAZ09-._~")
        #expect(PercentEncoding.encode("a b/ö%\u{1}") == "a%20b%2F%C3%B6%25%01")
        #expect(PercentEncoding.encode("/run/a b", keeping: "/") == "/run/a%20b")
    }

    @Test func everyByteReturns() {
        let text = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init)))
        #expect(PercentEncoding.decode(PercentEncoding.encode(text).utf8) == Array(text.utf8))
        #expect(PercentEncoding.decode("%fF+".utf8) == [0xFF, UInt8(ascii: "+")])
    }

    @Test(arguments: ["%", "%4", "%zz", "%+1", "a%4", "%%41"])
    func aPercentSignIsFollowedByTwoDigits(text: String) {
        #expect(PercentEncoding.decode(text.utf8) == nil)
    }
}
