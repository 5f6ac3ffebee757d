import Ordinal

/// Who can reach the fronts, and what they have to prove.
enum ExposureFindings {
    static func judge(_ configuration: ServerConfiguration) -> [Finding] {
        let isAsked = configuration.authentication.passwords.isAny
        let redis = judge(
            "redis", configuration.redis.address, isAsked: isAsked, configuration.redis.tls)
        guard let address = configuration.http.address else { return [redis] + origins(configuration, isAsked) }
        return [redis, judge("http", address, isAsked: isAsked, configuration.http.tls)]
            + origins(configuration, isAsked)
    }

    private static func judge(
        _ front: String, _ address: ListenAddress, isAsked: Bool, _ tls: TLSFiles
    ) -> Finding {
        let subject = "\(front).address"
        let seen = "\(address), \(isAsked ? "with" : "without") passwords, \(tls.isEnabled ? "with" : "without") TLS"
        let areCertificatesAsked = tls.isEnabled && tls.clientCertificates == .required
        switch (address.isLoopback, isAsked) {
        case (true, true):
            return Finding(
                .ok, subject, seen: seen,
                meaning: "only programs on this machine reach it, and must prove who they are")
        case (true, false):
            return Finding(
                .note, subject, seen: seen,
                meaning: "every program on this machine is an administrator: it may delete sequences and "
                    + "begin them anew, which makes their numbers come twice",
                remedy: "set auth.use_password_file and auth.admin_password_file", repeated: .unlimited)
        case (false, false) where areCertificatesAsked:
            return Finding(
                .warning, subject, seen: "\(seen), with clients' certificates",
                meaning: "everybody with a certificate is an administrator: they may "
                    + "delete sequences and begin them anew",
                remedy: "set auth.use_password_file and auth.admin_password_file", repeated: .unlimited)
        case (false, false):
            return Finding(
                .danger, subject, seen: seen,
                meaning: "everybody who reaches it is an administrator: they may use up numbers, delete "
                    + "sequences and begin them anew, which makes their numbers come twice",
                remedy: "set auth.use_password_file and auth.admin_password_file, or listen on 127.0.0.1",
                repeated: .unlimited, lost: .unlimited)
        case (false, true) where !tls.isEnabled:
            return Finding(
                .warning, subject, seen: seen,
                meaning: "whoever listens on the network reads the passwords, the administrator's too",
                remedy: "set \(front).tls.certificate and \(front).tls.key", repeated: .unlimited, lost: .unlimited)
        case (false, true):
            return Finding(.ok, subject, seen: seen, meaning: "clients must prove who they are, and nobody reads along")
        }
    }

    private static func origins(_ configuration: ServerConfiguration, _ isAsked: Bool) -> [Finding] {
        guard configuration.http.address != nil, configuration.http.options.allowedOrigins.contains("*"), !isAsked
        else {
            return []
        }
        return [
            Finding(
                .danger, "http.allowed_origins", seen: "*, without passwords",
                meaning: "every page that a browser on a machine that reaches the server shows may "
                    + "use up numbers, delete sequences and begin them anew",
                remedy: "name the origins, or set passwords", repeated: .unlimited, lost: .unlimited)
        ]
    }
}
