import Ordinal

/// One case on one store, with names that nobody else uses.
final class Trial: Sendable {
    let subject: StoreUnderTest
    private let prefix: String

    init(_ subject: StoreUnderTest) {
        self.subject = subject
        prefix = "conformance \(Life.fresh)"
    }

    var store: any SequenceStore { subject.store }

    /// A name that ends in `suffix`.
    func name(_ suffix: String = "") throws -> SequenceName { try SequenceName("\(prefix) \(suffix)") }

    /// A name of the greatest length, whose last byte is `last`.
    func longestName(endingIn last: UInt8) throws -> SequenceName {
        let padding = [UInt8](repeating: UInt8(ascii: "x"), count: SequenceName.maximumLength - prefix.utf8.count - 1)
        return try SequenceName(Array(prefix.utf8) + padding + [last])
    }

    /// A sequence that is there and was never used.
    func sequence(
        _ suffix: String = "", at ceiling: Int64 = 0, options: SequenceOptions = .standard
    ) async throws -> SequenceRecord {
        try await store.create(try name(suffix), life: .fresh, at: ceiling, options: options)
    }

    /// Reserves from a sequence.
    func reserve(
        _ count: Int64, of record: SequenceRecord, life: Life? = nil, above: Int64 = .min, offset: Int64 = 1_000_000,
        stamp: Stamp = .fresh, from other: (any SequenceStore)? = nil
    ) async throws(StoreError) -> Reserved {
        try await (other ?? store).reserve(
            Reservation(
                name: record.name, life: life ?? record.life, count: count, above: above,
                failoverOffset: .exactly(offset),
                stamp: stamp))
    }

    /// The live record under a name.
    func live(_ name: SequenceName, in other: (any SequenceStore)? = nil) async throws -> SequenceRecord? {
        guard case .live(let record) = try await (other ?? store).find(name, known: nil) else { return nil }
        return record
    }
}

// MARK: - Saying what is wrong

func expect(
    _ isSo: Bool, _ text: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws(Violation) {
    if !isSo { throw Violation(text(), file, line) }
}

func expect<Value: Equatable>(
    _ value: Value, is expected: Value, file: StaticString = #fileID, line: UInt = #line
) throws(Violation) {
    if value != expected { throw Violation("found \(value), expected \(expected)", file, line) }
}

/// Expects that `body` throws an error that fits.
func expectError<Value>(
    _ isExpected: (StoreError) -> Bool, file: StaticString = #fileID, line: UInt = #line,
    from body: () async throws -> Value
) async throws {
    let value: Value
    do { value = try await body() } catch let error as StoreError {
        guard isExpected(error) else { throw Violation("refused for another reason: \(error)", file, line) }
        return
    }
    throw Violation("not refused: \(value)", file, line)
}

func expectError<Value>(
    _ expected: StoreError, file: StaticString = #fileID, line: UInt = #line, from body: () async throws -> Value
) async throws {
    try await expectError({ $0 == expected }, file: file, line: line, from: body)
}

// MARK: - Samples

extension RandomIdentifier {
    static var fresh: Self {
        Self(random: { UInt64.random(in: .min ... .max) })
    }
}

extension Stamp {
    static var fresh: Stamp { Stamp(rawValue: .random(in: .min ... .max)) }
}

extension Segment {
    var numbers: [Int64] { Array(stride(from: first, through: last, by: Int64.Stride(increment))) }
}
