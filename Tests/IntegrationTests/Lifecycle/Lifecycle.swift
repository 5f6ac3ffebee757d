import Foundation
import SeededRandom
import Testing

/// The release program as a process: started, stopped, killed, restored.
///
/// One test after the other: each loads the machine, and some measure time.
@Suite(.serialized, .enabled(if: TestEnvironment.hasBinary), .timeLimit(.minutes(10)))
enum Lifecycle {}

extension SeededRandom {
    /// Chance that can be repeated as far as processes allow: the seed is printed, and `ORDINAL_TEST_SEED` sets it.
    init(for what: String) {
        let given = ProcessInfo.processInfo.environment["ORDINAL_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: .min ... .max)
        print("\(what): ORDINAL_TEST_SEED=\(seed)")
        self.init(seed: seed)
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
