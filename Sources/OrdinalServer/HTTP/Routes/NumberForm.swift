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
    private static let largestExactDouble: Int64 = 1 << 53 - 1

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

    func write(_ number: Int64, to json: inout JSONText) { write(number, to: &json, quoted: isQuoted(number)) }

    private func write(_ number: Int64, to json: inout JSONText, quoted: Bool) {
        if quoted { json.writeQuoted(number) } else { json.write(number) }
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
            json.name("name")
            json.write(name.description)
            json.name("count")
            json.write(count)
            guard isInRanges || count > Self.longestList else {
                json.name("numbers")
                json.array { json in
                    for run in runs { for number in run { write(number, to: &json, quoted: quoted) } }
                }
                return
            }
            json.name("ranges")
            json.array(runs) { json, run in
                json.object { json in
                    json.name("first")
                    write(run.first, to: &json, quoted: quoted)
                    json.name("last")
                    write(run.last, to: &json, quoted: quoted)
                    json.name("increment")
                    write(run.increment, to: &json, quoted: quoted)
                    json.name("count")
                    json.write(run.count)
                }
            }
        }
        return text.buffer
    }
}
