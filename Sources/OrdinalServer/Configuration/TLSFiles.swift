import NIOCore
public import NIOSSL

/// The files that a front needs to speak TLS.
public struct TLSFiles: Hashable, Sendable {
    /// What clients must show.
    public enum ClientCertificates: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// Nothing; but a certificate that is shown must be good.
        case optional
        /// A certificate that the authority has signed.
        case required
    }

    /// The certificate with its chain, in PEM; nil: no TLS.
    public var certificate: String?
    /// The private key of the certificate, in PEM.
    public var key: String?
    /// The authority that signs clients' certificates, in PEM.
    public var clientCA: String?
    private var chosenClientCertificates: ClientCertificates?

    public init() {}

    /// What clients must show: what was chosen, else a certificate as soon as there is an authority for them.
    public var clientCertificates: ClientCertificates {
        get { chosenClientCertificates ?? (clientCA == nil ? .none : .required) }
        set { chosenClientCertificates = newValue }
    }

    /// Whether the front speaks TLS.
    public var isEnabled: Bool { certificate != nil }

    /// Reads the files, as they are now; nil: no TLS.
    public func makeContext() throws -> NIOSSLContext? {
        try makeConfiguration().map { try NIOSSLContext(configuration: $0) }
    }

    /// Reads the files, as they are now; nil: no TLS.
    func makeConfiguration() throws -> TLSConfiguration? {
        guard let certificate, let key else { return nil }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        )
        configuration.minimumTLSVersion = .tlsv12
        // A connection is closed after the client had its time to take the last replies. There is no more to wait for.
        configuration.shutdownTimeout = .milliseconds(200)
        if let clientCA {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(clientCA))
            switch clientCertificates {
            case .none: configuration.certificateVerification = .none
            case .optional: configuration.certificateVerification = .optionalVerification
            // A client has no host name to check.
            case .required: configuration.certificateVerification = .noHostnameVerification
            }
        }
        return configuration
    }
}
