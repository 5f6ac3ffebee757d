import Ordinal
import PrometheusMetrics
import RESP

/// What a suspended command works with, on the event loop of its connection.
struct SuspendedContext: Sendable {
    let services: RedisServices
    let role: Role?
    /// Whose requests this one is counted with.
    let client: ClientKey
    /// How long the command may wait for numbers: less than usual if it stood behind others that waited in vain.
    let deadline: ContinuousClock.Instant
    /// Whether the client is still there to take the reply.
    let isConnected: @Sendable () -> Bool

    var patience: Duration { max(.zero, ContinuousClock.now.duration(to: deadline)) }

    var sequencer: Sequencer { services.sequencer }
    var mayCreate: Bool { services.creation.allows(role) }

    /// Takes numbers, waiting for them. Numbers whose client has gone meanwhile are counted.
    func next(_ name: SequenceName, count: Int64 = 1, creates: Bool) async throws(CommandError) -> Run {
        let run: Run
        do { run = try await sequencer.next(name, count: count, creates: creates, within: patience) } catch {
            throw CommandError(error)
        }
        delivered(run, of: name)
        return run
    }

    /// Refuses a request for a sequence that is hidden from the limits of the other commands: its name is no key.
    func limit(_ name: SequenceName) throws(CommandError) {
        let rates = services.rates
        guard rates.isLimiting, let refusal = rates.check(client) ?? rates.check(name.bytes.span.bytes) else { return }
        throw CommandError(refusal)
    }

    /// Counts numbers that are about to be sent, or that nobody is there to get.
    func delivered(_ run: Run, of name: SequenceName) {
        if isConnected() {
            services.metrics.numbers.increment(by: run.count)
        } else {
            abandoned(run, of: name, because: .clientGone)
        }
    }

    /// Counts numbers that will reach nobody. Fallback numbers belong to no sequence, and so leave no gap in one.
    func abandoned(_ run: Run, of name: SequenceName, because reason: GapReason) {
        if run.life != nil { sequencer.abandoned(run.count, of: name, because: reason) }
    }

    /// Takes a number of each sequence, nil of one that there is not; of all of them or of none.
    ///
    /// What is at hand is taken last and at once: so little is lost should others be waited for in vain.
    func nextOfEach(_ names: [SequenceName]) async throws(CommandError) -> [Run?] {
        let atHand = Set(names.filter { sequencer.snapshot(of: $0)?.next != nil })
        var runs: [Run?] = Array(repeating: nil, count: names.count)
        do throws(CommandError) {
            for isTurn in [false, true] {
                for (index, name) in names.enumerated() where atHand.contains(name) == isTurn {
                    runs[index] = try await nextIfAny(name)
                }
            }
        } catch {
            for case (let name, let run?) in zip(names, runs) {
                abandoned(run, of: name, because: isConnected() ? .runDidNotFit : .clientGone)
            }
            throw error
        }
        for case (let name, let run?) in zip(names, runs) { delivered(run, of: name) }
        return runs
    }

    /// Takes a number of a sequence, or answers nil if there is none. It is for the caller to say that it is delivered.
    func nextIfAny(_ name: SequenceName) async throws(CommandError) -> Run? {
        do {
            return try await sequencer.next(name, within: patience)
        } catch .missing {
            return nil
        } catch {
            throw CommandError(error)
        }
    }

    /// The reply of GET for a number, or for none.
    func getReply(_ number: Int64?) -> RESPValue {
        switch (services.options.getReply, number) {
        case (.integer, let number): .integer(number ?? 0)
        case (.bulk, nil): .null
        case (.bulk, let number?): .bulk(Array(String(number).utf8))
        }
    }
}

/// Runs `body` with the errors of the engine as errors of a command.
func replying<Value>(
    _ body: () async throws(SequencerError) -> Value
) async throws(CommandError) -> Value {
    do { return try await body() } catch { throw CommandError(error) }
}
