import RESP
import RESPClient

extension Failure {
    /// Why there is no connection to a server, and what to do.
    init(connectingTo address: RESPAddress, _ options: RESPConnectionOptions, _ error: RESPClientError) {
        /// Whether the server answered with something that begins like this, and is no reply.
        func answered(_ byte: UInt8) -> Bool { error.message.hasSuffix("\(ReplyError.unknownType(byte))") }

        if error.code == .refused, options.password == nil, error.message.contains("NOAUTH") {
            self.init("\(address) wants a password: set ORDINAL_PASSWORD or give --password-file")
        } else if answered(UInt8(ascii: "H")) {
            self.init("\(address) is not a port for Redis clients: it answers HTTP. Give the server's redis.address")
        } else if options.tls == nil, answered(Self.alertOfTLS) {
            self.init("\(address) speaks TLS: give --tls")
        } else if options.tls != nil, error.message.hasSuffix("wants a client certificate") {
            self.init("\(error): give --tls-cert and --tls-key")
        } else if options.tls != nil, error.message.hasSuffix("does not trust the client certificate") {
            self.init(
                "\(address) does not trust the certificate of --tls-cert: its redis.tls.client_ca must have signed it")
        } else if options.tls != nil, error.message.hasSuffix("certificate is not trusted") {
            self.init("\(error): give --tls-ca with what has signed it")
        } else {
            self.init("\(error)")
        }
    }

    /// What a record begins with in which TLS says that it does not go on.
    private static let alertOfTLS: UInt8 = 0x15
}
