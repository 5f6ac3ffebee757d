import NIOConcurrencyHelpers

/// Numbers for requests that have waited in vain: unique, easily told, and outside the order.
///
/// A fallback number has bit 62 set, which no number of a sequence has. Below it stand 30 bits of a start number, which the
/// store gave this node when it started and never gives again, and 32 bits of a counter. So no two are equal, on whatever
/// nodes and whatever sequences, without a clock and without chance. The start numbers are those of an ordinary sequence,
/// ``SequenceName/fallbackStarts``, with all that guards one. Only if a store loses that whole sequence, and nodes that never
/// had a start number begin it anew, is there a chance: one in half a billion for each pair of starts.
final class Fallback: Sendable {
    /// The lowest fallback number.
    static let mark: Int64 = 1 << 62
    /// The highest start number.
    static let highestStart: Int64 = 1 << 30 - 1
    private static let counterBits: Int64 = 32

    private struct State {
        /// The start number; nil: none yet, or all its numbers are taken.
        var start: Int64?
        var taken: Int64 = 0
    }

    private let state = NIOLockedValueBox(State())

    /// Whether a start number would help.
    var needsStart: Bool { state.withLockedValue { $0.start == nil } }

    /// Begins to count with a start number that nobody else has.
    ///
    /// - Returns: Whether it is one.
    func begin(_ start: Int64) -> Bool {
        guard (1...Self.highestStart).contains(start) else { return false }
        state.withLockedValue { $0 = State(start: start) }
        return true
    }

    /// Takes `count` numbers; nil if there is no start number or it has not so many left.
    func take(_ count: Int64) -> Run? {
        state.withLockedValue { state in
            guard let start = state.start, count >= 1 else { return nil }
            guard count <= 1 << Self.counterBits - state.taken else {
                state.start = nil
                return nil
            }
            defer { state.taken += count }
            return Run(
                life: nil, first: Self.mark | start << Self.counterBits | state.taken, count: count, increment: 1)
        }
    }
}

extension SequenceName {
    /// The sequence that numbers the starts of nodes with fallback. It cannot be deleted or begun anew.
    public static let fallbackStarts = SequenceName(wellFormed: "ordinal:fallback-starts")
}

extension Sequencer {
    /// Whether `number` was handed out because the store was away, and belongs to no sequence.
    public static func isFallback(_ number: Int64) -> Bool { number >= Fallback.mark }

    /// Gets a start number from the store, if there is none and one may be needed.
    func prepareFallback() async {
        guard policy.fallback != .off, fallback.needsStart else { return }
        do throws(StoreError) {
            let number = try await nextStart()
            guard fallback.begin(number) else { throw .exhausted(maximum: Fallback.highestStart) }
        } catch {
            report(.fallbackUnprepared(error))
        }
    }

    /// Reserves one start number, and no more: whole segments would be used up by a node that crashes often.
    private func nextStart() async throws(StoreError) -> Int64 {
        let name = SequenceName.fallbackStarts
        var found = try await runner.lookUp(name)
        if case .absent = found {
            let options: SequenceOptions
            do { options = try SequenceOptions(increment: 1, maximum: Fallback.highestStart) } catch {
                throw .invalid(error)
            }
            do {
                // Each life begins somewhere in the lower half: should the store lose the whole sequence, a node that has
                // never heard of it begins a second one, and the numbers of both have no life in them to tell them apart.
                let begin = Int64(environment.random() >> 35)
                _ = try await store.create(name, life: Life(random: environment.random), at: begin, options: options)
            } catch .exists {
                // Another node was quicker.
            }
            found = try await runner.lookUp(name)
        }
        guard case .opened(let record, let floor) = found else { throw .ended }
        let reservation = Reservation(
            name: name, life: record.life, count: 1, above: floor, heard: record.ceiling,
            failoverOffset: .exactly(min(policy.offset.minimum, Self.startOffset)),
            stamp: Stamp(rawValue: environment.random()))
        let entry = JournalEntry(life: record.life, floor: floor, options: record.options)
        let memory = LifeMemory(entry, heard: record.ceiling)
        switch await runner.run(.reserve(reservation), of: name, memory: memory) {
        case .reserved(let reserved, _): return reserved.segment.first
        case .failed(let error): throw error
        case .opened, .absent, .refused, .released: throw .unavailable("the sequence \(name) is being mended")
        }
    }

    /// How many start numbers are left out when the store went back: more than any node starts in that time.
    private static let startOffset: Int64 = 100_000

    /// A fallback number, or a run of them, for a request whose waiting ended with `error`.
    func fallBack(_ name: SequenceName, count: Int64, after error: SequencerError) throws(SequencerError) -> Run {
        guard case .timedOut = error, policy.fallback.includes(name), let run = fallback.take(count) else {
            throw error
        }
        report(.fellBack(name, count: count))
        return run
    }
}
