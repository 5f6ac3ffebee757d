import NIOCore
import NIOPosix
import NIOSSL
import SystemSupport

/// What errors of the layers below mean, in words for people.
package enum FailureText {
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: systemError(error.errnoCode)
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first {
                of(failure.error)
            } else {
                "the host is not known"
            }
        case ChannelError.connectTimeout(let limit): "no answer within \(seconds(limit))"
        case let error as NIOSSLError: tls(error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the server's certificate is not for this host"
        case let error as BoringSSLError: tls("\(error)")
        case let error as RESPClientError: error.message
        default: "\(error)"
        }
    }

    /// Five seconds as `5 s`, half a second as `0.5 s`.
    static func seconds(_ limit: TimeAmount) -> String {
        let text = "\(Double(limit.nanoseconds) / 1e9)"
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " s"
    }

    static func systemError(_ code: CInt) -> String {
        let message = SystemError(code).description
        return message.prefix(1).lowercased() + message.dropFirst()
    }

    private static func tls(_ error: NIOSSLError) -> String {
        switch error {
        case .uncleanShutdown: "the server closed the connection"
        case .unableToValidateCertificate, .noCertificateToValidate: "the server's certificate is not trusted"
        case .handshakeFailed(let reason): tls("\(reason)")
        default: "TLS failed: \(error)"
        }
    }

    private static func tls(_ reason: String) -> String {
        if reason.contains("CERTIFICATE_VERIFY_FAILED") { return "the server's certificate is not trusted" }
        if reason.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS there" }
        if reason.contains("ALERT_UNKNOWN_CA") { return "the server does not trust the client certificate" }
        if reason.contains("CERTIFICATE_REQUIRED") { return "the server wants a client certificate" }
        return "TLS failed: \(reason)"
    }
}
