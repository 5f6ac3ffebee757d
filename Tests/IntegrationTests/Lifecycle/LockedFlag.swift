import NIOConcurrencyHelpers

/// Something that one thread tells others once.
final class LockedFlag: Sendable {
    private let value = NIOLockedValueBox(false)
    var isRaised: Bool { value.withLockedValue(\.self) }
    func raise() { value.withLockedValue { $0 = true } }
}
