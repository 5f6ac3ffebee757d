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
        require(
            http.address?.isLoopback ?? true || authentication.passwords.isAny || http.allowsUnauthenticated,
            "http.address", "http.allow_unauthenticated", "auth.use_password", "auth.admin_password",
            advice: "others can reach this address: set auth.use_password and auth.admin_password (or their _file), "
                + "or http.allow_unauthenticated = true to let everybody in, or listen on 127.0.0.1")
        require(
            http.address == nil || http.address?.port == 0 || http.address != redis.address, "http.address",
            "redis.address",
            advice: "Redis clients connect there: choose another port")
        if let problem = log.path.flatMap(LogOutput.whyUnusable(path:)) { require(false, "log.path", advice: problem) }
        return conflicts + redis.tls.conflicts(of: "redis") + http.tls.conflicts(of: "http")
    }

    /// Throws everything that does not fit together, in one line.
    func check() throws(StartError) {
        let conflicts = conflicts()
        guard conflicts.isEmpty else {
            throw StartError(conflicts.map { "\($0.keys[0]): \($0.advice)" }.joined(separator: "; "))
        }
    }
}

extension TLSFiles {
    private typealias Conflict = ServerConfiguration.Conflict

    /// What is wrong with the files or missing among them.
    fileprivate func conflicts(of front: String) -> [ServerConfiguration.Conflict] {
        guard let certificate, let key else {
            if certificate != nil {
                return [
                    Conflict(keys: ["\(front).tls.certificate"], advice: "\(front).tls.key is missing: write its path")
                ]
            }
            if key != nil {
                return [
                    Conflict(keys: ["\(front).tls.key"], advice: "\(front).tls.certificate is missing: write its path")
                ]
            }
            guard clientCA == nil else {
                return [
                    Conflict(
                        keys: ["\(front).tls.client_ca"], advice: "without \(front).tls.certificate there is no TLS")
                ]
            }
            guard clientCertificates == .none else { return [missingAuthority(of: front)] }
            return []
        }
        var conflicts = [
            unusable("\(front).tls.certificate", certificate, "a certificate in PEM", Self.hasCertificate),
            unusable("\(front).tls.key", key, "a private key in PEM, without a passphrase", Self.hasKey),
            clientCA.flatMap { unusable("\(front).tls.client_ca", $0, "a certificate in PEM", Self.hasCertificate) },
        ].compactMap(\.self)
        if clientCertificates != .none, clientCA == nil { conflicts.append(missingAuthority(of: front)) }
        guard conflicts.isEmpty else { return conflicts }
        do {
            _ = try makeContext()
        } catch {
            let keys = ["\(front).tls.key", "\(front).tls.certificate", "\(front).tls.client_ca"]
            conflicts.append(Conflict(keys: keys, advice: "it does not belong to the certificate (\(error))"))
        }
        return conflicts
    }

    private func missingAuthority(of front: String) -> ServerConfiguration.Conflict {
        Conflict(
            keys: ["\(front).tls.client_certificates", "\(front).tls.client_ca"],
            advice: "\(front).tls.client_ca is missing: write the path of the authority that signs them")
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
