import Ordinal

/// One rule that every store keeps.
///
/// A store joins with one test:
///
/// ```swift
/// @Test(arguments: ConformanceCase.all + ConformanceCase.restored)
/// func conforms(to rule: ConformanceCase) async throws {
///     try await rule.check { try await makeMyStore() }
/// }
/// ```
///
/// The suite reports what it finds by throwing, so that it does not matter who runs it.
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// The rule, in words.
    public let description: String
    private let body: @Sendable (Trial) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Trial) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Checks the rule on a store of its own.
    ///
    /// - Throws: ``Violation`` if the store does not keep it, or whatever error it came upon.
    public func check(_ make: () async throws -> StoreUnderTest) async throws {
        let trial = Trial(try await make())
        do {
            try await body(trial)
        } catch {
            await trial.store.close()
            throw error
        }
        await trial.store.close()
    }

    /// What every store keeps.
    public static let all: [ConformanceCase] =
        creating + reserving + releasing + moving + ending + reading + hearing + concurrent + random

    /// What stores keep that reserve more at once, somewhere below, than they are asked for: the rest lies below the
    /// ceiling, and between the numbers of two nodes that reserve at the same moment there may be a gap.
    public static let reservingAhead = all.filter {
        !exact.contains($0.description) && !$0.description.hasPrefix("random")
    }

    /// What looks at ceilings, or at numbers that are reserved at the same moment.
    private static let exact: Set<String> = [
        "creating twice with one life is one creation",
        "everything is still there after it was opened again",
        "segments follow each other without gap or overlap, with the stamp of their reservation",
        "numbers above 2^53 are exact",
        "a caller who has higher numbers gets some far above them",
        "a release that arrives twice gives back once",
        "what others reserved after cannot be given back",
        "a release of another life leaves this one alone",
        "an advance within what is reserved moves the origin alone",
        "an advance by a count leaves so many numbers out",
        "the maximum may change, but not to less than the ceiling",
        "a restart that arrives twice is one restart",
        "64 reservations at once from one sequence are disjoint and without a gap",
        "one who is refused does not spoil it for others",
        "a caller who is cancelled changes nothing",
    ]

    /// What stores keep that can be put back to an earlier state.
    public static let restored: [ConformanceCase] = goingBack
}

/// A rule that a store does not keep.
public struct Violation: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ file: StaticString, _ line: UInt) { description = "\(text) (\(file):\(line))" }
}
