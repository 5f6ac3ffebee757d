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

    /// What stores keep that can be put back to an earlier state.
    public static let restored: [ConformanceCase] = goingBack
}

/// A rule that a store does not keep.
public struct Violation: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ file: StaticString, _ line: UInt) { description = "\(text) (\(file):\(line))" }
}
