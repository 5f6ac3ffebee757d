import NIOSSL
import RESP

extension ServerConfiguration {
    /// Values that are fine by themselves and wrong together.
    struct Conflict: Equatable {
        /// The keys concerned, the one to be named first.
        var keys: [String]
        /// What would be right.
        var advice: String
    }

    /// Everything that does not fit together.
    func conflicts() -> [Conflict] {
        var conflicts: [Conflict] = []
        func require(_ isRight: Bool, _ keys: String..., advice: String) {
            if !isRight { conflicts.append(Conflict(keys: keys, advice: advice)) }
        }

        require(
            sequences.segmentMinimum <= sequences.segmentMaximum, "segment.min", "segment.max",
            advice: "write at most segment.max, which is \(sequences.segmentMaximum)")
        require(
            redis.options.limits.maxBulkLength <= redis.options.limits.maxRequestLength,
            "redis.max_bulk", "redis.max_request", advice: "write at most redis.max_request, which holds all arguments")
        require(
            journal.mode == .off || journalPath != store.databasePath, "journal.path", "store", "journal.mode",
            advice: "write another file than the database: it must outlive a restored database")
        require(
            authentication.passwords.use == nil || authentication.passwords.use != authentication.passwords.admin,
            "auth.use_password", "auth.admin_password", advice: "choose another password than the administrator's")
        require(
            redis.address.isLoopback || authentication.passwords.isAny || redis.allowsUnauthenticated,
            "redis.address", "redis.allow_unauthenticated", "auth.use_password", "auth.admin_password",
            advice: "others can reach this address: set auth.use_password and auth.admin_password (or their _file), "
                + "or redis.allow_unauthenticated = true to let everybody in, or listen on 127.0.0.1")
        if let problem = log.path.flatMap(LogOutput.whyUnusable(path:)) { require(false, "log.path", advice: problem) }
        return conflicts + redis.tls.conflicts()
    }
}

extension TLSFiles {
    private typealias Conflict = ServerConfiguration.Conflict

    /// What is wrong with the files or missing among them.
    fileprivate func conflicts() -> [ServerConfiguration.Conflict] {
        guard let certificate, let key else {
            if certificate != nil {
                return [Conflict(keys: ["redis.tls.certificate"], advice: "redis.tls.key is missing: write its path")]
            }
            if key != nil {
                return [Conflict(keys: ["redis.tls.key"], advice: "redis.tls.certificate is missing: write its path")]
            }
            guard clientCA == nil else {
                return [
                    Conflict(keys: ["redis.tls.client_ca"], advice: "without redis.tls.certificate there is no TLS")
                ]
            }
            guard clientCertificates == .none else { return [missingAuthority] }
            return []
        }
        var conflicts = [
            unusable("redis.tls.certificate", certificate, "a certificate in PEM", Self.hasCertificate),
            unusable("redis.tls.key", key, "a private key in PEM, without a passphrase", Self.hasKey),
            clientCA.flatMap { unusable("redis.tls.client_ca", $0, "a certificate in PEM", Self.hasCertificate) },
        ].compactMap(\.self)
        if clientCertificates != .none, clientCA == nil { conflicts.append(missingAuthority) }
        guard conflicts.isEmpty else { return conflicts }
        do {
            _ = try makeContext()
        } catch {
            let keys = ["redis.tls.key", "redis.tls.certificate", "redis.tls.client_ca"]
            conflicts.append(Conflict(keys: keys, advice: "it does not belong to the certificate (\(error))"))
        }
        return conflicts
    }

    private var missingAuthority: ServerConfiguration.Conflict {
        Conflict(
            keys: ["redis.tls.client_certificates", "redis.tls.client_ca"],
            advice: "redis.tls.client_ca is missing: write the path of the authority that signs them")
    }

    private static func hasCertificate(_ path: String) throws -> Bool {
        try !NIOSSLCertificate.fromPEMFile(path).isEmpty
    }

    private static func hasKey(_ path: String) throws -> Bool {
        _ = try NIOSSLPrivateKey(file: path, format: .pem)
        return true
    }

    private func unusable(
        _ key: String, _ path: String, _ content: String, _ isUsable: (String) throws -> Bool
    ) -> ServerConfiguration.Conflict? {
        do {
            _ = try TextFile(path: path)
            if try isUsable(path) { return nil }
        } catch let error as TextFile.ReadError {
            return Conflict(keys: [key], advice: "it cannot be read: \(error.reason)")
        } catch {
            // What it is instead does not matter, and might show a part of a key.
        }
        return Conflict(keys: [key], advice: "write the path of \(content)")
    }
}
