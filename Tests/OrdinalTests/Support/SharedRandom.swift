import NIOConcurrencyHelpers
import SeededRandom

/// One seeded source of random words for closures that must be `Sendable`.
final class SharedRandom: Sendable {
    private let generator: NIOLockedValueBox<SeededRandom>

    init(seed: UInt64) { generator = NIOLockedValueBox(SeededRandom(seed: seed)) }

    func next() -> UInt64 { generator.withLockedValue { $0.next() } }
}
