import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal

/// How numbers are written in JSON: as numbers, or in quotes for readers that keep numbers in doubles.
///
/// A double holds integers exactly up to 2^53. Above that, numbers are in quotes unless the client says that it can read them.
struct NumberForm {
    private enum Quotes: String { case auto, string, number }

    /// Up to how many numbers are listed one by one.
    private static let longestList: Int64 = 1_000
    private static let largestExactDouble: Int64 = (1 << 53) - 1

    private let quotes: Quotes
    /// Whether runs are told by their first and last number, and not one by one.
    var isInRanges: Bool

    /// Reads `numbers=auto|string|number` and `as=numbers|ranges` of the query.
    init(_ exchange: HTTPExchange) throws(HTTPFailure) {
        guard let quotes = Quotes(rawValue: try exchange.query("numbers") ?? "auto") else {
            throw .badRequest("numbers must be auto, string or number")
        }
        self.quotes = quotes
        switch try exchange.query("as") {
        case nil, "numbers": isInRanges = false
        case "ranges": isInRanges = true
        default: throw .badRequest("as must be numbers or ranges")
        }
    }

    /// A member of the object being written whose value is a number, or null.
    func member(_ name: StaticString, _ number: Int64?, in json: inout JSONText) {
        guard let number else { return json.member(name, nil as String?) }
        json.member(name, number, quoted: isQuoted(number))
    }

    private func isQuoted(_ highest: Int64) -> Bool {
        switch quotes {
        case .auto: highest > Self.largestExactDouble
        case .string: true
        case .number: false
        }
    }

    /// How many bytes the answer to a request for `count` numbers has at most, if they do not come in very many pieces.
    static func room(for count: Int64) -> Int { Int(min(count, longestList)) * 24 + 8_192 }

    /// Numbers that were handed out. All of them have the same form.
    func text(_ name: SequenceName, _ runs: [Run]) -> ByteBuffer {
        let count = runs.reduce(0) { $0 + $1.count }
        let quoted = isQuoted(runs.reduce(0) { max($0, $1.last) })
        var text = JSONText()
        text.object { json in
            json.member("name", name.description)
            json.member("count", count)
            guard isInRanges || count > Self.longestList else {
                json.array("numbers") { json in
                    for run in runs { for number in run { json.write(number, quoted: quoted) } }
                }
                return
            }
            json.array("ranges", runs) { json, run in
                json.object { json in
                    json.member("first", run.first, quoted: quoted)
                    json.member("last", run.last, quoted: quoted)
                    json.member("increment", run.increment, quoted: quoted)
                    json.member("count", run.count)
                }
            }
        }
        return text.buffer
    }
}
