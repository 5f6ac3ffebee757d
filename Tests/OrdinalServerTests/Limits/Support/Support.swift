import NIOConcurrencyHelpers
import Ordinal
import Testing

@testable import OrdinalServer

/// A value that tests set and closures read.
final class SharedValue<Value: Sendable>: Sendable {
    private let box: NIOLockedValueBox<Value>
    init(_ value: Value) { box = NIOLockedValueBox(value) }

    var value: Value {
        get { box.withLockedValue(\.self) }
        set { box.withLockedValue { $0 = newValue } }
    }

    func change<Result>(_ body: (inout Value) -> Result) -> Result { box.withLockedValue(body) }
}

/// Holds those who come until it is opened.
final class WorkGate: Sendable {
    private let waiting = SharedValue<[CheckedContinuation<Void, Never>]?>([])

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = waiting.change { waiting -> Bool in
                waiting?.append(continuation)
                return waiting == nil
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let continuations = waiting.change { waiting in
            defer { waiting = nil }
            return waiting ?? []
        }
        for continuation in continuations { continuation.resume() }
    }
}

extension Environment {
    /// The machine's tasks and a clock that a test moves. Whoever sleeps looks every millisecond.
    static func hand(_ now: SharedValue<Duration>) -> Environment {
        Environment(
            now: { now.value },
            sleep: { duration in
                let end = now.value + duration
                while now.value < end { try await Task.sleep(for: .milliseconds(1)) }
            },
            spawn: { work in Task { await work() } }, random: { 4 })
    }
}

extension Life {
    static let one = Life(rawValue: 1)
    static let two = Life(rawValue: 2)
}

func key(_ text: String, principal: String = "anna", sequence: String = "orders") throws -> IdempotencyKey {
    try #require(IdempotencyKey(text.utf8, principal: principal, sequence: SequenceName(sequence)))
}

func fingerprint(_ parts: String...) -> RequestFingerprint {
    var maker = RequestFingerprint.Maker()
    for part in parts {
        let bytes = Array(part.utf8)
        maker.add(bytes.span.bytes)
    }
    return maker.fingerprint()
}
