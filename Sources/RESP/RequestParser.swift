public import NIOCore

/// Finds the requests of a client in the bytes that a connection received.
///
/// A request is an array of bulk strings, or a line of text (an inline command). The parser copies nothing: it says
/// where the arguments are. It keeps its place, so that a request that arrives in pieces is not parsed again from its
/// start, and it takes no memory per request once it has seen one with as many arguments.
///
/// The contract with the caller:
/// - The first byte of a request is at the buffer's reader index. ``parse(_:)`` answers nil until all of it is there;
///   the caller then appends what comes in, discards nothing, and calls again with the same bytes first. The storage
///   may change in between: the parser remembers offsets only.
/// - When it answers the request's length, ``argumentCount`` and ``argument(_:)`` describe the request until the next
///   call. The caller moves the reader index forward by that length before it parses on.
/// - Requests without arguments (`*0`, `*-1`, an empty line) are skipped, as Redis does: the parser itself takes them
///   from the buffer, and never answers one.
/// - After a ``ProtocolError`` the connection is to be closed. To use the parser for other bytes, ``reset()`` it.
///
/// ```swift
/// while let length = try parser.parse(&buffer) {
///     execute(buffer.readableBytesSpan)  // bytes.extracting(parser.argument(0)) is the name of the command
///     buffer.moveReaderIndex(forwardBy: length)
/// }
/// ```
///
/// (A span in a `let` keeps the buffer borrowed to the end of its scope: hand it to a function, or give it a `do { }`.)
public struct RequestParser: ~Copyable, Sendable {
    /// What clients may ask for. A change counts from the next header on.
    public var limits: RequestLimits

    /// The number of arguments found so far; once a request is complete, that of the request, never 0.
    public internal(set) var argumentCount = 0

    /// Where the arguments are; only the first `argumentCount` are of this request, the others are room to use again.
    @usableFromInline var ranges: [ArgumentRange] = []

    /// Everything before this offset from the request's start is parsed.
    private var position = 0

    /// How many arguments of the request are still to come; 0 between requests.
    private var remaining = 0

    /// The length of the argument that begins at `position`, or -1 if its header begins there.
    private var bodyLength = -1

    /// Up to here an inline request was searched for its end.
    var searched = 0

    /// Makes a parser that stands at the beginning of a request.
    public init(limits: RequestLimits = RequestLimits()) {
        self.limits = limits
    }

    /// The bytes of one argument, as offsets from the request's start (the buffer's reader index).
    ///
    /// - Precondition: `index` is below ``argumentCount``.
    @inlinable
    public func argument(_ index: Int) -> Range<Int> {
        precondition(index < argumentCount, "the request has fewer arguments")
        let range = ranges[index]
        // start + length is at most the length of the request, which is in memory: it neither overflows nor is less
        // than start.
        return Range(uncheckedBounds: (Int(range.start), Int(range.start) &+ Int(range.length)))
    }

    /// Forgets the request under way: the next byte is the first of a request.
    public mutating func reset() {
        argumentCount = 0
        position = 0
        remaining = 0
        bodyLength = -1
        searched = 0
    }

    /// Parses the request at the reader index of `buffer`, or goes on with it.
    ///
    /// The bytes of inline requests may be rewritten in place, where quotes and escapes stand for others.
    ///
    /// - Returns: The length of the request in bytes, or nil if more bytes are needed.
    public mutating func parse(_ buffer: inout ByteBuffer) throws(ProtocolError) -> Int? {
        while true {
            switch try parseArray(buffer.readableBytesSpan) {
            case .complete(let length): return length
            case .incomplete: return nil
            case .empty(let length): buffer.moveReaderIndex(forwardBy: length)
            case .inline:
                guard let length = try parseInline(&buffer) else { return nil }
                guard argumentCount == 0 else { return length }
                buffer.moveReaderIndex(forwardBy: length)
            }
        }
    }

    /// What the bytes are so far.
    private enum Progress {
        /// A request of so many bytes.
        case complete(Int)
        /// A part of one.
        case incomplete
        /// So many bytes to skip.
        case empty(Int)
        /// A line of text, or a part of one.
        case inline
    }

    /// Parses an array of bulk strings, or goes on with it.
    private mutating func parseArray(_ bytes: RawSpan) throws(ProtocolError) -> Progress {
        if remaining == 0 {
            argumentCount = 0
            // The memory of a request with unusually many arguments is given back: every connection would keep it.
            if ranges.count > 256 { ranges = [] }
            guard bytes.byteCount > 0 else { return .incomplete }
            guard bytes.byte(at: 0) == UInt8(ascii: "*") else { return .inline }
            switch bytes.lengthLine(at: 1) {
            case .complete(let count, let end):
                guard count > 0 else { return .empty(end) }
                guard count <= limits.maxArguments else { throw .invalidMultibulkLength }
                position = end
                remaining = count
            case .incomplete: return .incomplete
            case .invalid: throw .invalidMultibulkLength
            case .endless: throw .tooBigMultibulkCount
            }
        }
        while remaining > 0 {
            if bodyLength < 0 {
                guard position < bytes.byteCount else { return .incomplete }
                let type = bytes.byte(at: position)
                guard type == UInt8(ascii: "$") else { throw .expectedBulk(got: type) }
                switch bytes.lengthLine(at: position + 1) {
                case .complete(let length, let end):
                    guard length >= 0, length <= limits.maxBulkLength else { throw .invalidBulkLength }
                    // Subtracted, not added: a limit may be as high as Int.max.
                    guard length <= limits.maxRequestLength - end - 2 else { throw .tooBigRequest }
                    position = end
                    bodyLength = length
                case .incomplete: return .incomplete
                case .invalid: throw .invalidBulkLength
                case .endless: throw .tooBigBulkCount
                }
            }
            guard bytes.byteCount - position - 2 >= bodyLength else { return .incomplete }
            let end = position + bodyLength
            guard bytes.byte(at: end) == UInt8(ascii: "\r"), bytes.byte(at: end + 1) == UInt8(ascii: "\n") else {
                throw .expectedLineEnd
            }
            append(start: position, length: bodyLength)
            position = end + 2
            bodyLength = -1
            remaining -= 1
        }
        let length = position
        position = 0
        return .complete(length)
    }

    /// Notes the place of the next argument.
    mutating func append(start: Int, length: Int) {
        // Both fit: a ByteBuffer has at most UInt32.max bytes.
        let range = ArgumentRange(start: UInt32(start), length: UInt32(length))
        if argumentCount < ranges.count {
            ranges[argumentCount] = range
        } else {
            ranges.append(range)
        }
        argumentCount += 1
    }
}

/// The place of one argument in a request.
@usableFromInline
struct ArgumentRange: Sendable {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32

    init(start: UInt32, length: UInt32) {
        self.start = start
        self.length = length
    }
}
