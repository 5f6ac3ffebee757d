import NIOCore
import RESP

/// A reply means the same however its bytes arrive, is never more than the limits allow, and stays what it is when it is
/// written again.
enum RepliesProperty {
    static func check(_ input: [UInt8]) throws {
        let narrow = ReplyLimits(maxBulkLength: 20, maxLineLength: 30, maxElements: 12, maxDepth: 3)
        for limits in [ReplyLimits(), narrow] {
            let (whole, split) = Delivery.all(of: input)
            let expected = Replies(whole, limits)
            for delivery in split {
                let found = Replies(delivery, limits)
                try require(
                    found.isSame(as: expected), "\(expected) at once, \(found) in \(delivery.pieces.map(\.count))")
            }
            for value in expected.values {
                try checkLimits(value, limits)
                try checkWriting(value)
            }
        }
    }

    private static func checkLimits(_ value: RESPValue, _ limits: ReplyLimits) throws {
        let (count, depth, longest) = value.extent
        try require(count - 1 <= limits.maxElements, "\(count) values")
        try require(depth <= limits.maxDepth, "\(depth) deep")
        try require(longest <= max(limits.maxBulkLength, limits.maxLineLength), "\(longest) bytes")
        _ = (value.asInteger, value.asText)
    }

    private static func checkWriting(_ value: RESPValue) throws {
        for version in [ProtocolVersion.resp2, .resp3] {
            // Long and unprintable lines are cut and changed, and then a blank at their end is lost; but not for ever.
            var (value, writings) = (value, [[UInt8]]())
            for _ in 0..<3 {
                guard let written = written(value, version) else { return }
                let again = Replies(Delivery(pieces: [written[...]], discards: false), ReplyLimits())
                try require(again.values.count == 1 && again.error == nil, "\(value) was written as \(again)")
                value = again.values[0]
                writings.append(written)
            }
            try require(writings[1] == writings[2], "\(value) changes whenever it is written")
        }
    }

    /// The bytes of a value; nil if it cannot be written: the writer takes formats of three bytes only.
    private static func written(_ value: RESPValue, _ version: ProtocolVersion) -> [UInt8]? {
        guard value.hasWritableFormats else { return nil }
        var writer = ReplyWriter(buffer: ByteBuffer(), version: version)
        writer.write(value)
        return writer.buffer.readableBytesView.asArray
    }
}

/// What a parser made of some bytes.
private struct Replies: CustomStringConvertible {
    private(set) var values: [RESPValue] = []
    private(set) var error: ReplyError?
    private var left: [UInt8] = []

    init(_ delivery: Delivery, _ limits: ReplyLimits) {
        var parser = ReplyParser(limits: limits)
        var found: [RESPValue] = []
        do throws(ReplyError) {
            left = try delivery.deliver { buffer throws(ReplyError) in
                while let value = try parser.parse(&buffer) { found.append(value) }
            }.readableBytesView.asArray
        } catch {
            self.error = error
        }
        values = found
    }

    /// Compared as text, because no NaN is equal to another.
    func isSame(as other: Replies) -> Bool {
        "\(values)" == "\(other.values)" && error == other.error && (error != nil || left == other.left)
    }

    var description: String {
        "\(values), \(error.map(String.init(describing:)) ?? "no error"), \(left.count) bytes left"
    }
}

extension RESPValue {
    /// How many values there are, how deep they are nested, and how long the longest text is.
    fileprivate var extent: (count: Int, depth: Int, longest: Int) {
        switch self {
        case .simple(let text), .bigNumber(let text): (1, 0, text.unicodeScalars.count)
        case .error(let error): (1, 0, error.description.unicodeScalars.count)
        case .bulk(let bytes), .verbatim(_, let bytes): (1, 0, bytes.count)
        case .integer, .double, .bool, .null: (1, 0, 0)
        case .array(let values), .set(let values), .push(let values): Self.extent(of: values)
        case .map(let entries): Self.extent(of: entries.flatMap { [$0.key, $0.value] })
        }
    }

    private static func extent(of values: [RESPValue]) -> (count: Int, depth: Int, longest: Int) {
        values.map(\.extent).reduce((1, 1, 0)) { ($0.0 + $1.0, max($0.1, $1.1 + 1), max($0.2, $1.2)) }
    }

    fileprivate var hasWritableFormats: Bool {
        switch self {
        case .verbatim(let format, _): format.utf8.count == 3
        case .array(let values), .set(let values), .push(let values): values.allSatisfy(\.hasWritableFormats)
        case .map(let entries): entries.allSatisfy { $0.key.hasWritableFormats && $0.value.hasWritableFormats }
        default: true
        }
    }
}
