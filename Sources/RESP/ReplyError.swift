/// Why the bytes of a server are not a reply.
///
/// There is no way to find the beginning of the next reply after one of these: close the connection.
public enum ReplyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No type of reply begins with this byte.
    case unknownType(UInt8)
    /// A reply in pieces of unannounced number, which are not supported.
    case streamed
    /// A length or count is not a number, or is negative where that means nothing.
    case invalidLength
    /// A number, boolean or null is not written as one.
    case invalidScalar
    /// A string goes on where it should have ended, or a line ends without CR.
    case expectedLineEnd
    /// A verbatim string without its format.
    case invalidVerbatim
    /// A line is longer than the limit.
    case lineTooLong
    /// A string is longer than the limit.
    case bulkTooLong
    /// A reply has more values than the limit.
    case tooManyElements
    /// Aggregates are nested deeper than the limit.
    case tooDeep

    public var description: String {
        switch self {
        case .unknownType(let byte): "no reply begins with byte 0x\(String(byte, radix: 16))"
        case .streamed: "replies of unannounced length are not supported"
        case .invalidLength: "invalid length"
        case .invalidScalar: "invalid number, boolean or null"
        case .expectedLineEnd: "CR LF expected"
        case .invalidVerbatim: "verbatim string without a format"
        case .lineTooLong: "line too long"
        case .bulkTooLong: "string too long"
        case .tooManyElements: "too many values in one reply"
        case .tooDeep: "arrays nested too deep"
        }
    }
}
