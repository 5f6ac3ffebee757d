/// Why the bytes of a client are not a request.
///
/// There is no way to find the beginning of the next request after one of these: answer the error, then close the
/// connection. ``description`` is the text for the client, in the words of Redis where Redis has words for it.
public enum ProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number of arguments is not a number, or is above the limit.
    case invalidMultibulkLength
    /// The length of an argument is not a number, is negative, or is above the limit.
    case invalidBulkLength
    /// Something else stands where the `$` of an argument belongs.
    case expectedBulk(got: UInt8)
    /// An argument goes on where it should have ended.
    case expectedLineEnd
    /// An inline request opens a quote and does not close it, or closes it in the middle of a word.
    case unbalancedQuotes
    /// An inline request is longer than the limit, or has too many arguments.
    case tooBigInlineRequest
    /// The line with the number of arguments does not end.
    case tooBigMultibulkCount
    /// The line with the length of an argument does not end.
    case tooBigBulkCount
    /// All arguments together are longer than the limit.
    case tooBigRequest

    public var description: String {
        switch self {
        case .invalidMultibulkLength: "Protocol error: invalid multibulk length"
        case .invalidBulkLength: "Protocol error: invalid bulk length"
        case .expectedBulk(let byte): "Protocol error: expected '$', got '\(Self.printable(byte))'"
        case .expectedLineEnd: "Protocol error: expected CRLF after bulk string"
        case .unbalancedQuotes: "Protocol error: unbalanced quotes in request"
        case .tooBigInlineRequest: "Protocol error: too big inline request"
        case .tooBigMultibulkCount: "Protocol error: too big mbulk count string"
        case .tooBigBulkCount: "Protocol error: too big bulk count string"
        case .tooBigRequest: "Protocol error: too big request"
        }
    }

    /// The byte itself if it is a visible ASCII character, else its value: the text goes into replies and logs.
    private static func printable(_ byte: UInt8) -> String {
        guard byte < 0x20 || byte > 0x7E else { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
    }
}
