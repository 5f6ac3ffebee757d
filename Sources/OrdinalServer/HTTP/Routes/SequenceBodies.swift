package import Ordinal

/// The body of a request for a new sequence.
package struct NewSequence {
    package let name: SequenceName
    /// The ceiling below its first number.
    package let ceiling: Int64
    package let options: SequenceOptions

    init(_ exchange: HTTPExchange) async throws(HTTPFailure) {
        try self.init(await exchange.object("name", "start", "increment", "maximum"))
    }

    /// Reads the members of the body.
    package init(_ body: JSONObject) throws(HTTPFailure) {
        name = try HTTPExchange.name(Array(try body.text("name").required("name").utf8))
        let start = try body.integer("start", inQuotes: true) ?? 1
        let increment = try body.integer("increment", inQuotes: true) ?? 1
        let maximum = try body.integer("maximum", inQuotes: true) ?? SequenceOptions.highestNumber
        do {
            options = try SequenceOptions(increment: increment, maximum: maximum)
            ceiling = try options.ceiling(forFirst: start)
        } catch {
            throw .badRequest("\(error)")
        }
    }
}

extension Advance {
    /// The body of a request to leave numbers out.
    init(_ exchange: HTTPExchange) async throws(HTTPFailure) {
        try self.init(await exchange.object("to", "by"))
    }

    /// Reads the members of the body.
    package init(_ body: JSONObject) throws(HTTPFailure) {
        let given = (try body.integer("to", inQuotes: true), try body.integer("by", inQuotes: true))
        switch given {
        case (let number?, nil): self = .to(number)
        case (nil, let number?): self = .by(number)
        default: throw .badRequest("write either {\"to\": n} or {\"by\": n}")
        }
        guard (0...SequenceOptions.highestNumber).contains(given.0 ?? given.1 ?? 0) else {
            throw .badRequest("write a number from 0 to \(SequenceOptions.highestNumber): a sequence never goes back")
        }
    }
}
