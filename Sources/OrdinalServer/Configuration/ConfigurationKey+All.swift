internal import Logging
internal import RESP

extension ConfigurationKey {
    /// Every key there is.
    public static let all = storeKeys + redisKeys + httpKeys + authenticationKeys + sequenceKeys + serverKeys

    private static let largest: Int64 = 1_000_000_000_000

    private static let storeKeys: [ConfigurationKey] = [
        ConfigurationKey(
            "store.mysql_password", .password, \.storePasswords.mysql,
            "The password of MySQL, if the location has none.", isSecret: true),
        ConfigurationKey(
            "store.redis_password", .password, \.storePasswords.redis,
            "The password of Redis, if the location has none.", isSecret: true),
        ConfigurationKey(store: "store", "What keeps the ceilings."),
        ConfigurationKey(
            "block.factor", .integer(1...1_000), \.blocks.factor,
            "How many times as many numbers as a node needs are reserved below Redis at once."),
        ConfigurationKey("block.max", .integer(1...largest), \.blocks.limit, "How many at most."),
        ConfigurationKey(
            "journal.path", .file, \.journalPath, "The file that remembers floors across restarts.",
            defaultText: "<database path>.floors, or ordinal.floors"),
        ConfigurationKey(
            "journal.mode", .choice(), \.journal.mode,
            "Whether there is a journal; required: without it no number is handed out."),
    ]

    private static let redisKeys: [ConfigurationKey] = [
        ConfigurationKey(
            "redis.address", .address, \.redis.address, "Where Redis clients connect; port 0: one that is free."),
        ConfigurationKey(
            "redis.get_reply", .choice(), \.redis.options.getReply,
            "What GET and MGET answer with; bulk is for clients that know types."),
        ConfigurationKey(
            "redis.select", .choice([("error", false), ("ignore", true)]), \.redis.options.ignoresSelect,
            "What SELECT of another database than 0 does."),
        ConfigurationKey(
            "redis.max_connections", .integer(1...1_000_000), \.redis.options.maximumConnections,
            "How many clients may be connected."),
        ConfigurationKey(
            "redis.idle_timeout", .durationOrNever(.seconds(1) ... .seconds(31_536_000)), \.redis.options.idleTimeout,
            "After how long without a command a client is disconnected."),
        ConfigurationKey(
            "redis.max_arguments", .integer(8...1_048_576), \.redis.options.limits.maxArguments,
            "How many arguments a command may have."),
        ConfigurationKey(
            "redis.max_bulk", .size(1 << 10...64 << 20), \.redis.options.limits.maxBulkLength,
            "How long one argument may be."),
        ConfigurationKey(
            "redis.max_request", .size(1 << 10...1 << 30), \.redis.options.limits.maxRequestLength,
            "How long a command may be with all its arguments, and a transaction with all its commands."),
        ConfigurationKey(
            "redis.output_buffer", .size(4 << 10...1 << 30), \.redis.options.outputBuffer,
            "After how many bytes of replies a client must take them before more of its commands are done."),
        ConfigurationKey(
            "redis.allow_unauthenticated", .flag, \.redis.allowsUnauthenticated,
            "Whether to listen beyond this machine without a password."),
        ConfigurationKey(
            "redis.tls.certificate", .file, \.redis.tls.certificate,
            "The server's certificate and its chain, in PEM; turns TLS on.", isReloadable: true),
        ConfigurationKey(
            "redis.tls.key", .file, \.redis.tls.key, "The private key of the certificate, in PEM.",
            isReloadable: true),
        ConfigurationKey(
            "redis.tls.client_ca", .file, \.redis.tls.clientCA,
            "The authority that signs clients' certificates, in PEM.", isReloadable: true),
        ConfigurationKey(
            "redis.tls.client_certificates", .choice(), \.redis.tls.clientCertificates,
            "Whether clients must show a certificate; by default if there is an authority for them.",
            defaultText: "by redis.tls.client_ca", isReloadable: true),
    ]

    private static let httpKeys: [ConfigurationKey] = [
        ConfigurationKey(
            "http.address", .addressOrOff, \.http.address,
            "Where HTTP clients connect; port 0: one that is free; off: nowhere."),
        ConfigurationKey(
            "http.allow_unauthenticated", .flag, \.http.allowsUnauthenticated,
            "Whether to listen beyond this machine without a password."),
        ConfigurationKey(
            "http.idalloc_status", .choice(), \.http.options.idallocStatus,
            "With which status /alloc answers a request that fails; 200 is what idalloc does."),
        ConfigurationKey(
            "http.count_max", .integer(1...10_000), \.http.options.maximumCount,
            "How many numbers /alloc and tinyid's nextId hand out at once."),
        ConfigurationKey(
            "http.tinyid_segment", .integer(1...1_000_000), \.http.options.segmentSize,
            "How many numbers tinyid's nextSegmentId hands to a client."),
        ConfigurationKey(
            "http.trace_header", .headerName, \.http.options.traceHeader,
            "The header that brings a trace id and carries it back."),
        ConfigurationKey(
            "http.allowed_origins", .origins, \.http.options.allowedOrigins,
            "Web pages of which origins may use the server from a browser; unset: none but its own."),
        ConfigurationKey(
            "http.max_body", .size(1 << 10...16 << 20), \.http.options.maximumBody, "How long a body may be."),
        ConfigurationKey(
            "http.max_headers", .size(1 << 10...1 << 20), \.http.options.maximumHeaders,
            "How long the header fields of a request may be together."),
        ConfigurationKey(
            "http.max_connections", .integer(1...1_000_000), \.http.options.maximumConnections,
            "How many clients may be connected."),
        ConfigurationKey(
            "http.request_timeout", .duration(.milliseconds(100) ... .seconds(3_600)), \.http.options.requestTimeout,
            "How long a client has to send a request, its head and then its body."),
        ConfigurationKey(
            "http.write_timeout", .duration(.milliseconds(100) ... .seconds(3_600)), \.http.options.writeTimeout,
            "How long a client has to take a response."),
        ConfigurationKey(
            "http.idle_timeout", .duration(.seconds(1) ... .seconds(86_400)), \.http.options.idleTimeout,
            "After how long without a request a client is disconnected."),
        ConfigurationKey(
            "http.access_log", .flag, \.http.options.logsAccess, "Whether every request is told in the log."),
        ConfigurationKey(
            "http.tls.certificate", .file, \.http.tls.certificate,
            "The certificate with its chain, in PEM; with it there is TLS, and HTTP/2.", isReloadable: true),
        ConfigurationKey(
            "http.tls.key", .file, \.http.tls.key, "The private key of the certificate, in PEM.", isReloadable: true),
        ConfigurationKey(
            "http.tls.client_ca", .file, \.http.tls.clientCA, "The authority that signs clients' certificates."),
        ConfigurationKey(
            "http.tls.client_certificates", .choice(), \.http.tls.clientCertificates,
            "What clients must show; required as soon as there is an authority for them.",
            defaultText: "by http.tls.client_ca"),
    ]

    private static let authenticationKeys: [ConfigurationKey] = [
        ConfigurationKey(
            "auth.use_password", .password, \.authentication.passwords.use,
            "The password of those who take numbers.", isReloadable: true, isSecret: true),
        ConfigurationKey(
            "auth.use_password_file", .file, \.authentication.usePasswordFile,
            "A file whose first line is that password.", isReloadable: true),
        ConfigurationKey(
            "auth.admin_password", .password, \.authentication.passwords.admin,
            "The password of those who may do everything.", isReloadable: true, isSecret: true),
        ConfigurationKey(
            "auth.admin_password_file", .file, \.authentication.adminPasswordFile,
            "A file whose first line is that password.", isReloadable: true),
        ConfigurationKey(
            "auth.tokens_file", .file, \.authentication.tokensFile,
            "A file with a line ROLE NAME TOKEN for each client that has a token of its own.", isReloadable: true),
        ConfigurationKey(
            "rate.server", .integer(1...1_000_000_000), \.rates.server,
            "How many requests per second are admitted of all clients together."),
        ConfigurationKey(
            "rate.client", .integer(1...1_000_000_000), \.rates.client,
            "How many of each client: an address, or whoever has authenticated."),
        ConfigurationKey(
            "rate.sequence", .integer(1...1_000_000_000), \.rates.sequence, "How many for each sequence."),
    ]

    private static let sequenceKeys: [ConfigurationKey] = [
        ConfigurationKey(
            "runway", .duration(.seconds(1) ... .seconds(86_400)), \.sequences.runway,
            "How long numbers in hand should last with the store away."),
        ConfigurationKey("segment.min", .integer(1...largest), \.sequences.segmentMinimum, "The smallest segment."),
        ConfigurationKey("segment.max", .integer(1...largest), \.sequences.segmentMaximum, "The largest segment."),
        ConfigurationKey(
            "segment.size", .integer(1...largest), \.sequences.segmentSize,
            "The size of every segment; unset: one runway, from segment.min to segment.max."),
        ConfigurationKey(
            "wait", .duration(.milliseconds(10) ... .seconds(600)), \.sequences.wait,
            "How long a request waits at most for a number."),
        ConfigurationKey(
            "run.max", .integer(1...1_000_000_000), \.sequences.maximumRun, "The longest run that INCRBY may ask for."),
        ConfigurationKey(
            "failover_offset", .integer(1...largest * 1_000), \.sequences.failoverOffset,
            "How many numbers to leave out when the store went back; unset: 4_000_000, 4 times run.max or 100 segments, "
                + "whichever is most."),
        ConfigurationKey(
            "fallback", .fallback, \.sequences.fallback,
            "Whose requests get unique numbers from 2^62 up, of no sequence, when they have waited in vain."),
        ConfigurationKey(
            "create", .choice(), \.sequences.create, "Who may create sequences by asking for a number."),
        ConfigurationKey(
            "create_rate", .integer(1...1_000_000), \.sequences.creationsPerSecond,
            "How many sequences may be created per second."),
        ConfigurationKey(
            "sequences.max", .integer(1...1_000_000_000), \.sequences.maximumSequences,
            "How many sequences the store may hold."),
        ConfigurationKey(
            "sequences.live", .integer(1...10_000_000), \.sequences.maximumLive,
            "How many sequences are in memory at most."),
        ConfigurationKey(
            "sequences.idle", .duration(.seconds(1) ... .seconds(31_536_000)), \.sequences.idle,
            "After how long without use a sequence leaves memory."),
        ConfigurationKey(
            "waiters.max", .integer(1...10_000_000), \.sequences.maximumWaiters,
            "How many requests wait at most for one sequence."),
    ]

    private static let serverKeys: [ConfigurationKey] = [
        ConfigurationKey(
            "drain", .duration(.milliseconds(100) ... .seconds(600)), \.drain, "How long a stop may take."),
        ConfigurationKey(
            "metrics.sequences", .integer(0...10_000), \.metricSequences,
            "How many sequences metrics tell one by one, the busiest first."),
        ConfigurationKey(
            "event_loops", .integer(1...1_024), \.eventLoops, "How many cores serve connections.",
            defaultText: "one per core"),
        ConfigurationKey(
            "log.level", .choice(also: ["warn": .warning]), \.log.level, "What is told: this level and above.",
            isReloadable: true),
        ConfigurationKey("log.format", .choice(), \.log.format, "What a line looks like: for people, or for programs."),
        ConfigurationKey(
            "log.path", .fileOrDirectory, \.log.path,
            "Where it is told; a directory: ordinal.log in it, and DIRECTORY/ is made; unset: standard error."),
    ]
}
