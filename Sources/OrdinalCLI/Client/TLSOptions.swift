import ArgumentParser
import RESPClient

/// How a connection is encrypted, and what the client shows of itself.
struct TLSOptions: ParsableArguments {
    @Flag(name: .customLong("tls"), help: "Connect with TLS.")
    var isAsked = false

    @Option(
        name: .customLong("tls-ca"), help: ArgumentHelp("Trust this authority, in PEM; with TLS.", valueName: "file"))
    var authority: String?

    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp("Show this certificate to the server, in PEM; with TLS.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("tls-key"), help: ArgumentHelp("The private key of --tls-cert, in PEM.", valueName: "file"))
    var key: String?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together: give both.")
        }
    }

    /// What connections are made with; nil: without TLS.
    var context: RESPTLSContext? {
        get throws(Failure) {
            guard isAsked || authority != nil || certificate != nil else { return nil }
            do throws(RESPClientError) {
                return try RESPTLSContext(
                    certificateAuthority: authority, clientCertificate: certificate, clientPrivateKey: key)
            } catch {
                let isMisfit = error.message.hasSuffix("failedToLoadPrivateKey")
                throw Failure(isMisfit ? "--tls-key is not the key of the certificate of --tls-cert" : "\(error)")
            }
        }
    }
}
