import NIOCore
package import NIOSSL

/// Certificates and rules for connections with TLS: read and checked once, used by any number of connections.
public struct RESPTLSContext: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?

    /// Reads the files and makes a context of them. It blocks while it reads.
    ///
    /// - Parameters:
    ///   - certificateAuthority: A PEM file with the certificates to trust; nil means those of the system.
    ///   - clientCertificate: A PEM file with the certificate chain to show to the server.
    ///   - clientPrivateKey: A PEM file with the key of `clientCertificate`.
    ///   - serverName: The name that must be in the server's certificate; nil means the host connected to.
    ///   - skipsVerification: Accept any certificate. An attacker in between can then read and change everything.
    public init(
        certificateAuthority: String? = nil,
        clientCertificate: String? = nil,
        clientPrivateKey: String? = nil,
        serverName: String? = nil,
        skipsVerification: Bool = false
    ) throws(RESPClientError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if skipsVerification { configuration.certificateVerification = .none }
        if let certificateAuthority {
            let certificates = try Self.certificates(in: certificateAuthority)
            configuration.trustRoots = .certificates(certificates)
        }
        switch (clientCertificate, clientPrivateKey) {
        case (let certificate?, let key?):
            configuration.certificateChain = try Self.certificates(in: certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try Self.privateKey(in: key))
        case (nil, nil): break
        case (_?, nil): throw RESPClientError(.invalidTLS, "the client certificate has no private key")
        case (nil, _?): throw RESPClientError(.invalidTLS, "the client's private key has no certificate")
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw RESPClientError(.invalidTLS, "cannot use these TLS options: \(error)")
        }
        self.serverName = serverName
    }

    private static func certificates(in path: String) throws(RESPClientError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw RESPClientError(.invalidTLS, "cannot read certificates from \(path): \(FailureText.of(error))")
        }
        guard !certificates.isEmpty else { throw RESPClientError(.invalidTLS, "there is no certificate in \(path)") }
        return certificates
    }

    private static func privateKey(in path: String) throws(RESPClientError) -> NIOSSLPrivateKey {
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem)
        } catch {
            throw RESPClientError(.invalidTLS, "cannot read a private key from \(path): \(FailureText.of(error))")
        }
    }

    /// Makes the handler of one connection to `address`.
    package func makeHandler(for address: RESPAddress) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName ?? Self.hostName(of: address))
    }

    /// The host, if it is a name: certificates are matched against IP addresses without being told them.
    private static func hostName(of address: RESPAddress) -> String? {
        guard case .host(let host, let port) = address else { return nil }
        do {
            _ = try SocketAddress(ipAddress: host, port: port)
            return nil
        } catch {
            return host
        }
    }
}
