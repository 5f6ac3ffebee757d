public import NIOCore

/// Makes values of the replies of a server, RESP2 and RESP3.
///
/// ``parse(_:)`` takes from the buffer what it has understood, keeps the aggregates that are not complete, and goes on
/// where it stopped when it is called with more bytes behind the rest: no byte is parsed twice. It does not recurse, and
/// takes memory for what has arrived only, whatever a header announces. Attributes are read and dropped.
///
/// After a ``ReplyError`` the connection is to be closed.
public struct ReplyParser: ~Copyable, Sendable {
    /// How much a server may send.
    public var limits: ReplyLimits

    /// The aggregates that are not complete, the outermost first.
    private var open: [OpenAggregate] = []

    /// How many values the reply under way has, those announced and still to come included.
    private var elements = 0

    /// The string whose header was taken from the buffer, and whose bytes come next.
    private var body: (type: BodyType, length: Int)?

    /// Up to here, from the reader index, the line under way was searched for its end.
    var searched = 0

    /// Makes a parser that stands at the beginning of a reply.
    public init(limits: ReplyLimits = ReplyLimits()) {
        self.limits = limits
    }

    /// Takes the next reply from `buffer`, or what is there of it.
    ///
    /// - Returns: The reply, or nil if more bytes are needed.
    public mutating func parse(_ buffer: inout ByteBuffer) throws(ReplyError) -> RESPValue? {
        while true {
            if let body {
                guard let value = try takeBody(body.type, body.length, &buffer) else { return nil }
                self.body = nil
                if let reply = deliver(value) { return reply }
            }
            guard let element = try takeLine(&buffer) else { return nil }
            switch element {
            case .value(let value):
                if let reply = deliver(value) { return reply }
            case .body(let type, let length):
                guard length <= limits.maxBulkLength else { throw .bulkTooLong }
                body = (type, length)
            case .aggregate(let kind, let count):
                if let value = try begin(kind, count), let reply = deliver(value) { return reply }
            }
        }
    }

    /// Puts a complete value where it belongs, and answers the reply if that completes it.
    private mutating func deliver(_ value: RESPValue) -> RESPValue? {
        var value = value
        while !open.isEmpty {
            open[open.count - 1].elements.append(value)
            guard open[open.count - 1].isComplete else { return nil }
            let aggregate = open.removeLast()
            guard let complete = aggregate.kind.value(of: aggregate.elements) else { return nil }
            value = complete
        }
        elements = 0
        return value
    }

    /// Begins an aggregate; answers it if it is empty.
    private mutating func begin(_ kind: AggregateKind, _ count: Int) throws(ReplyError) -> RESPValue? {
        guard open.count < limits.maxDepth else { throw .tooDeep }
        // An attribute counts as a value of its own, so that a reply of nothing but attributes ends some time.
        let announced = (kind == .attribute ? 1 : 0) + kind.elements(of: count)
        guard announced <= limits.maxElements - elements else { throw .tooManyElements }
        elements += announced
        guard count > 0 else { return kind.value(of: []) }
        open.append(OpenAggregate(kind: kind, count: kind.elements(of: count)))
        return nil
    }

    /// Takes the line at the reader index, if all of it is there.
    private mutating func takeLine(_ buffer: inout ByteBuffer) throws(ReplyError) -> ReplyElement? {
        guard let (element, length) = try line(buffer.readableBytesSpan) else { return nil }
        buffer.moveReaderIndex(forwardBy: length)
        return element
    }

    /// Reads the line that `bytes` begin with, and its length, if all of it is there.
    private mutating func line(_ bytes: RawSpan) throws(ReplyError) -> (ReplyElement, length: Int)? {
        guard bytes.byteCount > 0 else { return nil }
        let type = bytes.byte(at: 0)
        let limit = try ReplyElement.isText(type) ? limits.maxLineLength : ReplyElement.maximumNumberLine
        var index = searched
        while index < bytes.byteCount, bytes.byte(at: index) != UInt8(ascii: "\n") { index += 1 }
        guard index < limit else { throw .lineTooLong }
        guard index < bytes.byteCount else {
            searched = index
            return nil
        }
        guard index >= 2, bytes.byte(at: index - 1) == UInt8(ascii: "\r") else { throw .expectedLineEnd }
        let element = try ReplyElement(type: type, text: bytes.extracting(1..<index - 1))
        searched = 0
        return (element, index + 1)
    }

    /// Takes a string and its line end, if all of it is there.
    private func takeBody(
        _ type: BodyType, _ length: Int, _ buffer: inout ByteBuffer
    ) throws(ReplyError) -> RESPValue? {
        guard buffer.readableBytes - 2 >= length else { return nil }
        let value = try type.value(of: buffer.readableBytesSpan, length: length)
        buffer.moveReaderIndex(forwardBy: length + 2)
        return value
    }
}

/// An aggregate whose elements have not all arrived.
private struct OpenAggregate: Sendable {
    let kind: AggregateKind
    let count: Int
    var elements: [RESPValue] = []

    var isComplete: Bool { elements.count == count }
}
