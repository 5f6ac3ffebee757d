import HTTPTypes
import Hummingbird
import Locations
import NIOCore
import Ordinal

/// Ordinal's own routes, `/v1`.
let sequenceRoutes: [HTTPRoute] = [
    HTTPRoute(.post, "/v1/sequences/{name}/next", role: .use, parameters: ["count", "as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let count = try exchange.count(upTo: exchange.sequencer.policy.maximumRun)
        let form = try NumberForm(exchange)
        return try await exchange.once(about: name, count: count) { exchange async throws(HTTPFailure) in
            try await exchange.numbers(name, count: count, creates: exchange.mayCreate)
        } tell: {
            form.text(name, $0)
        }
    },
    HTTPRoute(.post, "/v1/sequences/{name}/run", role: .use, parameters: ["count", "as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let count = try exchange.count(upTo: exchange.sequencer.policy.maximumRun)
        var form = try NumberForm(exchange)
        form.isInRanges = true
        let ranges = form
        return try await exchange.once(about: name, count: 1) { exchange async throws(HTTPFailure) in
            [try await exchange.run(name, count: count, creates: exchange.mayCreate)]
        } tell: {
            ranges.text(name, $0)
        }
    },
    HTTPRoute(.get, "/v1/sequences", role: .admin, parameters: ["after", "limit", "as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let limit = try exchange.count("limit", upTo: 1_000, default: 100)
        let after: SequenceName?
        if let text = try exchange.query("after") {
            after = try HTTPExchange.name(Array(text.utf8))
        } else {
            after = nil
        }
        let form = try NumberForm(exchange)
        let records = try await exchange.asking { sequencer throws(SequencerError) in
            try await sequencer.list(after: after, limit: Int(limit))
        }
        return .json { json in
            json.object { json in
                json.array("sequences", records) { json, record in json.object { record.write(to: &$0, form) } }
                json.member("next", records.count == limit ? records.last?.name.description : nil)
            }
        }
    },
    HTTPRoute(.post, "/v1/sequences", role: .admin, parameters: ["as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let form = try NumberForm(exchange)
        let new = try await NewSequence(exchange)
        let record = try await exchange.asking { sequencer throws(SequencerError) in
            try await sequencer.create(new.name, at: new.ceiling, options: new.options)
        }
        var response = Response.json(.created) { json in json.object { record.write(to: &$0, form) } }
        response.headers[.location] = "/v1/sequences/\(PercentEncoding.encode(new.name.bytes))"
        return response
    },
    HTTPRoute(.get, "/v1/sequences/{name}", role: .use, parameters: ["as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let form = try NumberForm(exchange)
        let record = try await exchange.asking { sequencer throws(SequencerError) in
            guard let record = try await sequencer.find(name) else { throw .missing }
            return record
        }
        let snapshot = exchange.sequencer.snapshot(of: name).flatMap { $0.life == record.life ? $0 : nil }
        return .json { json in
            json.object { json in
                record.write(to: &json, form)
                json.object("node", snapshot) { $1.write(to: &$0, form) }
            }
        }
    },
    HTTPRoute(.patch, "/v1/sequences/{name}", role: .admin, parameters: ["as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let form = try NumberForm(exchange)
        let body = try await exchange.object("maximum")
        let maximum = try body.integer("maximum", inQuotes: true).required("maximum")
        let record = try await exchange.asking { sequencer throws(SequencerError) in
            try await sequencer.change(name, maximum: maximum)
        }
        return .json { json in json.object { record.write(to: &$0, form) } }
    },
    HTTPRoute(.post, "/v1/sequences/{name}/advance", role: .admin, parameters: ["as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let form = try NumberForm(exchange)
        let step = try await Advance(exchange)
        let record = try await exchange.asking { sequencer throws(SequencerError) in
            try await sequencer.advance(name, by: step)
        }
        return .json { json in json.object { record.write(to: &$0, form) } }
    },
    HTTPRoute(.delete, "/v1/sequences/{name}", role: .admin, parameters: []) { exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let existed = try await exchange.asking { sequencer throws(SequencerError) in try await sequencer.delete(name) }
        guard existed else { throw HTTPFailure(.missing) }
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    },
    HTTPRoute(.get, "/v1/sequences/{name}/explain", role: .use, parameters: ["as", "numbers"]) {
        exchange async throws(HTTPFailure) in
        let name = try exchange.name()
        let form = try NumberForm(exchange)
        let explainer = exchange.services.explainer
        let explanation = try await exchange.asking { sequencer throws(SequencerError) in
            try await explainer.explain(name, sequencer)
        }
        return .json { json in json.object { explanation.write(to: &$0, form) } }
    },
]

extension SequenceRecord {
    fileprivate func write(to json: inout JSONText, _ form: NumberForm) {
        json.member("name", name.description)
        json.member("life", "\(life)")
        form.member("ceiling", ceiling, in: &json)
        form.member("origin", origin, in: &json)
        form.member("increment", options.increment, in: &json)
        form.member("maximum", options.maximum, in: &json)
        json.member("home", "\(home)")
    }
}

extension SequenceSnapshot {
    /// What this node knows of the sequence beside the store.
    func write(to json: inout JSONText, _ form: NumberForm) {
        form.member("next", next, in: &json)
        form.member("in_hand", inHand, in: &json)
        form.member("issued", issued, in: &json)
        json.member("rate", rate)
        json.member("runway_seconds", runway)
        json.member("waiting", Int64(waiting))
    }
}
