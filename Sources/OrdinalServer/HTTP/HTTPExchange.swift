import HTTPTypes
import Hummingbird
import Locations
import NIOCore
import Ordinal
import PrometheusMetrics

/// One request and what is known of it: what a handler works with.
struct HTTPExchange: Sendable {
    let request: Request
    let parameters: Parameters
    let channel: any Channel
    let services: HTTPServices
    /// The name under which this request is found in the log.
    let traceID: String
    /// Who asks; nil where nobody has to say.
    var principal: Principal?
    /// Whether the answer is for whoever repeats the request, too, and not only for whoever is connected now.
    var outlivesClient = false

    var sequencer: Sequencer { services.sequencer }

    /// Whether this client may create sequences by asking for a number.
    var mayCreate: Bool { services.creation.allows(principal?.role) }

    // MARK: - Numbers

    /// Takes numbers, in as many runs as it takes. Those whose client has gone meanwhile are counted.
    func numbers(_ name: SequenceName, count: Int64, creates: Bool) async throws(HTTPFailure) -> [Run] {
        try limit(name)
        let sequencer = sequencer
        if let runs = sequencer.live(name.bytes.span.bytes)?.take(count) {
            services.metrics.numbers.increment(by: count)
            return runs
        }
        return try await waiting(for: name) { () async throws(SequencerError) in
            try await sequencer.numbers(name, count: count, creates: creates)
        }
    }

    /// Takes a contiguous run.
    func run(_ name: SequenceName, count: Int64, creates: Bool) async throws(HTTPFailure) -> Run {
        try limit(name)
        let sequencer = sequencer
        let runs = try await waiting(for: name) { () async throws(SequencerError) in
            [try await sequencer.next(name, count: count, creates: creates)]
        }
        return runs[0]
    }

    /// Takes what may have to be waited for, as long as the client is there and the node does not stop.
    private func waiting(
        for name: SequenceName, _ take: @escaping @Sendable () async throws(SequencerError) -> [Run]
    ) async throws(HTTPFailure) -> [Run] {
        let task = Task(executorPreference: services.executors[channel.eventLoop]) {
            () async -> Result<[Run], SequencerError> in
            do throws(SequencerError) { return .success(try await take()) } catch { return .failure(error) }
        }
        let key = services.waits.begin(on: outlivesClient ? nil : channel) { task.cancel() }
        let result = await task.value
        services.waits.end(key)
        do {
            let runs = try result.get()
            let count = runs.reduce(0) { $0 + $1.count }
            if !outlivesClient, !channel.isActive {
                // Fallback numbers are nobody's: no sequence has a gap for want of them.
                if runs.first?.life != nil { sequencer.abandoned(count, of: name, because: .clientGone) }
            } else {
                services.metrics.numbers.increment(by: count)
            }
            return runs
        } catch {
            throw HTTPFailure(error)
        }
    }

    /// Does what needs the store.
    func asking<Answer: Sendable>(
        _ body: (Sequencer) async throws(SequencerError) -> Answer
    ) async throws(HTTPFailure) -> Answer {
        do { return try await body(sequencer) } catch { throw HTTPFailure(error) }
    }

    // MARK: - What was asked

    /// The whole body.
    func body() async throws(HTTPFailure) -> ByteBuffer {
        let limit = services.options.maximumBody
        let tooLong = HTTPFailure(.contentTooLarge, "body-too-long", "the body may have at most \(limit) bytes")
        var announced: Int?
        if let text = request.headers[.contentLength] {
            guard let length = Int(text), length >= 0 else { throw .badRequest("Content-Length is no length") }
            guard length <= limit else { throw tooLong }
            announced = length
        }
        var body = ByteBuffer()
        do {
            for try await var part in request.body {
                guard body.readableBytes + part.readableBytes <= limit else { throw tooLong }
                if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
            }
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            throw .badRequest("the body did not come in whole")
        }
        // What ends before its time is no request: it may have been cut off anywhere.
        if let announced, announced != body.readableBytes { throw .badRequest("the body did not come in whole") }
        return body
    }

    /// The sequence that a part of the path names.
    func name(_ parameter: String = "name") throws(HTTPFailure) -> SequenceName {
        guard let text = parameters.get(parameter), let bytes = PercentEncoding.decode(text.utf8) else {
            throw .badRequest("the name is not percent-encoded as it must be")
        }
        return try Self.name(bytes)
    }

    static func name(_ bytes: [UInt8]) throws(HTTPFailure) -> SequenceName {
        do { return try SequenceName(bytes) } catch { throw .badRequest("\(error)") }
    }

    /// A parameter of the query, decoded; nil if it is not there. One that is there twice is an error.
    func query(_ name: String) throws(HTTPFailure) -> String? {
        try FormText(request.uri.query ?? "").value(name)
    }

    /// A count: a parameter of the query from 1 to `limit`.
    func count(
        _ name: String = "count", upTo limit: Int64, default standard: Int64 = 1
    ) throws(HTTPFailure) -> Int64 {
        guard let text = try query(name) else { return standard }
        guard let count = Int64(text), (1...limit).contains(count) else {
            throw .badRequest("\(name) must be a number from 1 to \(limit)")
        }
        return count
    }
}
