import CMariaDB

extension MySQLConnection {
    /// How large a packet from the server may be.
    private static let packetLimit: UInt = 16 << 20

    /// What proves the password. None of them sends it in plain text over a plain connection.
    private static let authentication =
        "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,auth_gssapi_client"

    func connect(to location: MySQLLocation, within limit: Duration) throws(MySQLFailure) {
        set(MYSQL_OPT_CONNECT_TIMEOUT, Self.seconds(limit))
        set(MYSQL_OPT_READ_TIMEOUT, Self.seconds(location.timeout))
        set(MYSQL_OPT_WRITE_TIMEOUT, Self.seconds(location.timeout))
        set(MYSQL_OPT_LOCAL_INFILE, 0)
        set(MYSQL_OPT_MAX_ALLOWED_PACKET, Self.packetLimit)
        set(MYSQL_OPT_RECONNECT, my_bool(0))
        set(MYSQL_REPORT_DATA_TRUNCATION, my_bool(1))
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, Self.authentication)
        mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "ordinal")
        setTLS(location)
        let password = try location.password.text()
        let connected =
            switch location.endpoint {
            case .host(let host, let port):
                // Said, because the library takes a Unix socket of its own choice for `localhost`.
                connect(location, password, MYSQL_PROTOCOL_TCP, host: host, port: UInt32(port), socket: nil)
            case .unixSocket(let path):
                connect(location, password, MYSQL_PROTOCOL_SOCKET, host: nil, port: 0, socket: path)
            }
        guard connected else { throw failure() }
        guard location.tls == .off || location.tls == .prefer || mysql_get_ssl_cipher(handle) != nil else {
            throw MySQLFailure(
                "the server does not offer TLS: set it up there, or write tls=off", isConnectionLost: true,
                isPermanent: true)
        }
    }

    private func connect(
        _ location: MySQLLocation, _ password: String?, _ transport: mysql_protocol_type, host: String?, port: UInt32,
        socket: String?
    ) -> Bool {
        set(MYSQL_OPT_PROTOCOL, transport.rawValue)
        // The flag: an update answers how many rows it found, not how many of them were different before.
        return mysql_real_connect(
            handle, host, location.user, password ?? "", location.database, port, socket, UInt(CLIENT_FOUND_ROWS))
            != nil
    }

    private func setTLS(_ location: MySQLLocation) {
        switch location.tls {
        case .off: break
        case .prefer: mysql_ssl_set(handle, nil, nil, nil, nil, nil)
        case .require: set(MYSQL_OPT_SSL_ENFORCE, my_bool(1))
        case .verify:
            mysql_ssl_set(handle, nil, nil, location.ca, nil, nil)
            set(MYSQL_OPT_SSL_ENFORCE, my_bool(1))
            set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, my_bool(1))
        }
    }

    private func set<Value: BitwiseCopyable>(_ option: mysql_option, _ value: Value) {
        // It fails for unknown options only.
        withUnsafePointer(to: value) { _ = mysql_options(handle, option, $0) }
    }

    private static func seconds(_ duration: Duration) -> UInt32 {
        let (seconds, attoseconds) = duration.components
        return UInt32(clamping: max(1, seconds + (attoseconds > 0 ? 1 : 0)))
    }
}
