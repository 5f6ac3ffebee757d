import Foundation
import Testing

/// The release program as a process: started, stopped, killed, restored.
///
/// One test after the other: each loads the machine, and some measure time.
@Suite(.serialized, .enabled(if: TestEnvironment.hasBinary), .timeLimit(.minutes(10)))
enum Lifecycle {}

/// Chance that can be repeated as far as processes allow: the seed is printed, and `ORDINAL_TEST_SEED` sets it.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(for what: String) {
        let given = ProcessInfo.processInfo.environment["ORDINAL_TEST_SEED"].flatMap(UInt64.init)
        state = given ?? UInt64.random(in: .min ... .max)
        print("\(what): ORDINAL_TEST_SEED=\(state)")
    }

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A time in this range.
    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .microseconds(Int.random(in: range.lowerBound * 1_000...range.upperBound * 1_000, using: &self))
    }
}

/// The settings that the rounds of a test take turns with: the defaults, small segments, and segments so small that most
/// requests wait for the store.
enum Settings {
    static let turns: [[String]] = [
        [],
        ["--set", "segment.min=50", "--set", "segment.max=2000"],
        ["--set", "segment.size=20"],
    ]
}
