import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal

/// An answer as it is remembered for those who repeat its request.
enum RememberedAnswer: Sendable {
    case response(HTTPResponse.Status, Response.Kind, ByteBuffer)
    case failure(HTTPFailure)
}

extension HTTPExchange {
    /// Hands out numbers: once, if the request has an `Idempotency-Key`, however often it is sent.
    ///
    /// - Parameters:
    ///   - name: The sequence.
    ///   - count: How many numbers, for how long the answer may become.
    ///   - body: The body, if it was read already: it comes once.
    ///   - take: Takes the numbers.
    ///   - tell: Says how they are told.
    func once(
        about name: SequenceName, count: Int64, body: ByteBuffer? = nil,
        take: @escaping @Sendable (HTTPExchange) async throws(HTTPFailure) -> [Run],
        tell: @escaping @Sendable ([Run]) -> ByteBuffer
    ) async throws(HTTPFailure) -> Response {
        guard let text = request.headers[.idempotencyKey] else {
            // Answered before it is in, a request would end its connection, and over HTTP/2 its answer with it.
            if body == nil { _ = try await self.body() }
            return Response(.ok, .json, tell(try await take(self)))
        }
        guard let key = IdempotencyKey(text.utf8, principal: principal?.name ?? "", sequence: name) else {
            throw .badRequest("Idempotency-Key must have 1 to \(IdempotencyKey.maximumLength) visible characters")
        }
        let fingerprint = try await fingerprint(body)
        var work = self
        work.outlivesClient = true
        let (exchange, sequencer) = (work, sequencer)
        let stored = await storedLife(of: name)
        func life() -> Life? { sequencer.snapshot(of: name)?.life ?? stored }
        let reply: IdempotencyMemory<RememberedAnswer>.Reply
        do throws(IdempotencyError) {
            reply = try await services.idempotency.perform(
                key, fingerprint, room: NumberForm.room(for: count),
                deadline: Environment.system.now() + sequencer.policy.wait, life: life
            ) {
                do throws(HTTPFailure) {
                    let runs = try await take(exchange)
                    let body = tell(runs)
                    // A copy: the buffer may be much larger than what is in it.
                    return .remember(
                        .response(.ok, .json, ByteBuffer(bytes: body.readableBytesView)), bytes: body.readableBytes,
                        life: runs.first?.life)
                } catch {
                    // Whoever fails has got nothing: what was taken on the way is counted as abandoned.
                    return .forget(.failure(error))
                }
            }
        } catch {
            throw HTTPFailure(error)
        }
        switch reply.answer {
        case .failure(let failure): throw failure
        case .response(let status, let kind, let body):
            var response = Response(status, kind, body)
            if reply.isReplay { response.headers[.idempotencyReplayed] = "true" }
            return response
        }
    }

    /// The life of a sequence that is not in memory; nil if the store cannot be asked.
    private func storedLife(of name: SequenceName) async -> Life? {
        guard sequencer.snapshot(of: name)?.life == nil else { return nil }
        do throws(SequencerError) {
            // Where there is no sequence, no life that is remembered goes on: this one is like none.
            return try await sequencer.find(name)?.life ?? Life(random: Environment.system.random)
        } catch {
            return nil
        }
    }

    private func fingerprint(_ given: ByteBuffer?) async throws(HTTPFailure) -> RequestFingerprint {
        let body = if let given { given } else { try await body() }
        var maker = RequestFingerprint.Maker()
        for part in [request.method.rawValue, request.uri.string] { maker.add(part.utf8.span.bytes) }
        maker.add(body.readableBytesSpan)
        return maker.fingerprint()
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
