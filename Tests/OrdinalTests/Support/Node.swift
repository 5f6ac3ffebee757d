import NIOConcurrencyHelpers
import Testing

@testable import Ordinal

/// A sequencer with a clock in the hand of the test, and what it reported.
struct Node: Sendable {
    let sequencer: Sequencer
    let clock: HandClock
    let events: NIOLockedValueBox<[SequencerEvent]>

    init(
        _ store: MemoryStore, journal: MemoryJournal? = nil, policy: SequencerPolicy = .small,
        clock: HandClock = HandClock(), seed: UInt64 = 1
    ) {
        let events = NIOLockedValueBox<[SequencerEvent]>([])
        self.clock = clock
        self.events = events
        sequencer = Sequencer(
            store: store, journal: journal, policy: policy, environment: clock.environment(seed: seed),
            report: { event in events.withLockedValue { $0.append(event) } })
    }

    func next(_ name: SequenceName, creates: Bool = true) async throws -> Int64 {
        try await sequencer.next(name, creates: creates).first
    }

    func live(_ name: SequenceName) -> SequenceAllocator? { sequencer.live(name.bytes.span.bytes) }

    /// Stops the node while its clock goes on by itself.
    @discardableResult
    func shutDown(within limit: Duration = .seconds(10)) async -> Bool {
        let stopping = Task { await sequencer.shutDown(within: limit) }
        let ticking = tick()
        defer { ticking.cancel() }
        return await stopping.value
    }

    /// Lets the clock go on, as long as somebody sleeps: however long tasks wait for a busy machine, no time passes.
    private func tick() -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                if clock.sleepers > 0 { clock.advance(by: .milliseconds(5)) }
                await Task.yield()
            }
        }
    }

    /// Does what follows while the clock goes on by itself.
    func whileTimePasses<Answer: Sendable>(_ body: @Sendable () async throws -> Answer) async throws -> Answer {
        let ticking = tick()
        defer { ticking.cancel() }
        return try await body()
    }

    func gaps(_ reason: GapReason) -> Int64 {
        events.withLockedValue { events in
            events.compactMap(\.gap).reduce(0) { $1.reason == reason ? $0 + $1.count : $0 }
        }
    }
}
