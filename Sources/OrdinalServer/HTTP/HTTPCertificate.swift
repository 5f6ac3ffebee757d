import NIOConcurrencyHelpers
import NIOCore
import NIOSSL

/// Certificate and key of the HTTP front, exchangeable while the server runs.
final class HTTPCertificate: Sendable {
    /// For the front: asks at every handshake which certificate there is.
    let configuration: TLSConfiguration
    private let current: NIOLockedValueBox<NIOSSLContextConfigurationOverride>

    init(_ files: TLSConfiguration) {
        let current = NIOLockedValueBox(files.certificate)
        self.current = current
        var configuration = files
        configuration.sslContextCallback = { _, promise in promise.succeed(current.withLockedValue(\.self)) }
        self.configuration = configuration
    }

    /// Takes another certificate for connections that are to come.
    func replace(with files: TLSConfiguration) { current.withLockedValue { $0 = files.certificate } }
}

extension TLSConfiguration {
    fileprivate var certificate: NIOSSLContextConfigurationOverride {
        var override = NIOSSLContextConfigurationOverride()
        override.certificateChain = certificateChain
        override.privateKey = privateKey
        return override
    }
}
