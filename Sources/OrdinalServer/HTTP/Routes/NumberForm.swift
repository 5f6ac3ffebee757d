import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat
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

/// A number in a request, in quotes or not.
struct GivenNumber: Decodable {
    let value: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            value = number
            return
        }
        guard let number = Int64(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no whole number")
        }
        value = number
    }
}

/// The body of a request for a new sequence.
struct NewSequence: Decodable {
    let name: String
    let start: GivenNumber?
    let increment: GivenNumber?
    let maximum: GivenNumber?

    /// The ceiling below the first number, and the options.
    func made() throws(HTTPFailure) -> (Int64, SequenceOptions) {
        do {
            let options = try SequenceOptions(
                increment: increment?.value ?? 1, maximum: maximum?.value ?? SequenceOptions.highestNumber)
            return (try options.ceiling(forFirst: start?.value ?? 1), options)
        } catch {
            throw .badRequest("\(error)")
        }
    }
}

/// The body of a request for other options.
struct ChangedSequence: Decodable {
    let maximum: GivenNumber
}

/// The body of a request to leave numbers out.
struct AdvancedSequence: Decodable {
    let to: GivenNumber?
    let by: GivenNumber?

    func step() throws(HTTPFailure) -> Advance {
        let step: Advance
        switch (to, by) {
        case (let to?, nil): step = .to(to.value)
        case (nil, let by?): step = .by(by.value)
        default: throw .badRequest("write either {\"to\": n} or {\"by\": n}")
        }
        guard (0...SequenceOptions.highestNumber).contains((to ?? by)?.value ?? 0) else {
            throw .badRequest("write a number from 0 to \(SequenceOptions.highestNumber): a sequence never goes back")
        }
        return step
    }
}

extension HTTPExchange {
    /// The body as what it is expected to be.
    func decode<Body: Decodable>(_ type: Body.Type, members: Set<String>) async throws(HTTPFailure) -> Body {
        let bytes = try await body()
        do {
            // A member that means nothing is misspelt, or asks for what is not done.
            let names = try JSONDecoder().decode(MemberNames.self, from: bytes)
            guard members.isSuperset(of: names.all) else {
                throw HTTPFailure.badRequest(
                    "the body has a member that means nothing here; known are: "
                        + members.sorted().joined(separator: ", "))
            }
            return try JSONDecoder().decode(type, from: bytes)
        } catch let failure as HTTPFailure {
            throw failure
        } catch DecodingError.keyNotFound(let key, _) {
            throw .badRequest("the body has no \"\(key.stringValue)\"")
        } catch DecodingError.typeMismatch(_, let context) {
            throw .badRequest("the body has something else than expected in \"\(context.path)\"")
        } catch DecodingError.valueNotFound(_, let context) {
            throw .badRequest("the body has nothing in \"\(context.path)\"")
        } catch {
            throw .badRequest("the body must be a JSON object with: " + members.sorted().joined(separator: ", "))
        }
    }
}

/// The names of the members of an object.
private struct MemberNames: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let all: Set<String>

    init(from decoder: any Decoder) throws {
        all = Set(try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue))
    }
}

extension DecodingError.Context {
    fileprivate var path: String { codingPath.map(\.stringValue).joined(separator: ".") }
}
