import NIOConcurrencyHelpers
import NIOSSL

/// Certificate and key for new connections, exchangeable while the server runs.
final class TLSContext: Sendable {
    private let box: NIOLockedValueBox<NIOSSLContext>

    init(_ context: NIOSSLContext) { box = NIOLockedValueBox(context) }

    var current: NIOSSLContext { box.withLockedValue(\.self) }

    /// Takes another certificate for connections that are to come.
    func replace(with context: NIOSSLContext) { box.withLockedValue { $0 = context } }
}
