import HTTPTypes
import SeededRandom
import Synchronization

/// The name under which a request is found again: in logs here, and in those of whoever sent it.
enum TraceID {
    /// That of the request on whose behalf something is done, be it a refill that goes on after the answer.
    @TaskLocal static var current: String?

    private static let longest = 128

    /// What the request brings, in its own header or as W3C's `traceparent`; else a new one.
    static func of(_ fields: HTTPFields, header: HTTPField.Name) -> String {
        if let given = fields[header], isFit(given) { return given }
        if let parent = fields[.traceparent], let id = id(inTraceparent: parent) { return id }
        return random()
    }

    /// Visible ASCII, and not too long: it is written to logs and sent back.
    private static func isFit(_ text: String) -> Bool {
        (1...longest).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The trace id of `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`.
    private static func id(inTraceparent text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", parts[1].utf8.count == 32,
            parts[2].utf8.count == 16,
            parts[1].utf8.allSatisfy(\.isLowerHex), parts[1].contains(where: { $0 != "0" })
        else { return nil }
        return String(parts[1])
    }

    /// The kernel is asked for randomness once: two system calls a request would be felt. The first word tells processes
    /// apart, the second, a permutation of a counter, the requests of one.
    private static let process = UInt64.random(in: .min ... .max)
    private static let requests = Atomic(UInt64.random(in: .min ... .max))

    private static func random() -> String {
        var generator = SeededRandom(seed: requests.wrappingAdd(1, ordering: .relaxed).newValue)
        let request = generator.next()
        return String(unsafeUninitializedCapacity: 32) { digits in
            for place in 0..<16 {
                let shift = UInt64(60 - 4 * place)
                digits[place] = UInt8(lowerHexDigit: process >> shift & 0xF)
                digits[16 + place] = UInt8(lowerHexDigit: request >> shift & 0xF)
            }
            return 32
        }
    }
}

extension UInt8 {
    fileprivate init(lowerHexDigit value: UInt64) {
        self = (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) + UInt8(value)
    }

    fileprivate var isLowerHex: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}

extension HTTPField.Name {
    /// idalloc's name for it.
    static let traceID = HTTPField.Name("X-Trace-Id")!
    static let traceparent = HTTPField.Name("traceparent")!
}
