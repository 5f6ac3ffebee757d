/// A configuration with where each of its values came from.
public struct LoadedConfiguration: Sendable {
    /// The values.
    public internal(set) var configuration: ServerConfiguration
    /// Where the value of each key came from.
    public internal(set) var origins: [String: ConfigurationOrigin]
    /// What is not wrong, but most likely not meant.
    public internal(set) var warnings: [String]
    let sources: ConfigurationSources

    /// Reads everything and checks it.
    ///
    /// An option of the command line comes before an environment variable, that before the file, and that before the
    /// default. The variable of a key is its name in capitals after `ORDINAL_`, with `_` for each dot.
    ///
    /// ## Configuration keys
    ///
    /// - `store.mysql_password` (password, optional): The password of MySQL, if the location has none.
    /// - `store.redis_password` (password, optional): The password of Redis, if the location has none.
    /// - `store` (location, default: `sqlite:ordinal.db`): What keeps the ceilings.
    /// - `block.factor` (number, default: `10`): How many times as many numbers as a node needs are reserved below
    ///   Redis at once.
    /// - `block.max` (number, default: `1_000_000_000`): How many at most.
    /// - `journal.path` (path, default: `<database path>.floors, or ordinal.floors`): The file that remembers floors
    ///   across restarts.
    /// - `journal.mode` (`on`, `required` or `off`, default: `on`): Whether there is a journal; required: without it no
    ///   number is handed out.
    /// - `redis.address` (HOST:PORT, default: `127.0.0.1:6389`): Where Redis clients connect; port 0: one that is free.
    /// - `redis.get_reply` (`integer` or `bulk`, default: `integer`): What GET and MGET answer with; bulk is for
    ///   clients that know types.
    /// - `redis.select` (`error` or `ignore`, default: `error`): What SELECT of another database than 0 does.
    /// - `redis.max_connections` (number, default: `10_000`): How many clients may be connected.
    /// - `redis.idle_timeout` (duration, default: `1h`): After how long without a command a client is disconnected.
    /// - `redis.max_arguments` (number, default: `8192`): How many arguments a command may have.
    /// - `redis.max_bulk` (size, default: `64KiB`): How long one argument may be.
    /// - `redis.max_request` (size, default: `1MiB`): How long a command may be with all its arguments,
    ///   and a transaction with all its commands.
    /// - `redis.output_buffer` (size, default: `64KiB`): After how many bytes of replies a client must
    ///   take them before more of its commands are done.
    /// - `redis.allow_unauthenticated` (boolean, default: `false`): Whether to listen beyond this machine without a
    ///   password.
    /// - `redis.tls.certificate` (path, optional): The server's certificate and its chain, in PEM; turns TLS on.
    /// - `redis.tls.key` (path, optional): The private key of the certificate, in PEM.
    /// - `redis.tls.client_ca` (path, optional): The authority that signs clients' certificates, in PEM.
    /// - `redis.tls.client_certificates` (`none`, `optional` or `required`, default: `by redis.tls.client_ca`):
    ///   Whether clients must show a certificate; by default if there is an authority for them.
    /// - `http.address` (`off` or HOST:PORT, default: `127.0.0.1:8080`): Where HTTP clients connect; port 0: one
    ///   that is free; off: nowhere.
    /// - `http.allow_unauthenticated` (boolean, default: `false`): Whether to listen beyond this machine without a
    ///   password.
    /// - `http.idalloc_status` (`fitting` or `200`, default: `fitting`): With which status /alloc answers a request
    ///   that fails; 200 is what idalloc does.
    /// - `http.count_max` (number, default: `100`): How many numbers /alloc and tinyid's nextId hand out at once.
    /// - `http.tinyid_segment` (number, default: `1000`): How many numbers tinyid's nextSegmentId hands to a client.
    /// - `http.trace_header` (header field, default: `X-Trace-Id`): The header that brings a trace id and carries it
    ///   back.
    /// - `http.allowed_origins` (origins, optional): Web pages of which origins may use the server from a browser; unset: none but
    ///   its own.
    /// - `http.max_body` (size, default: `64KiB`): How long a body may be.
    /// - `http.max_headers` (size, default: `16KiB`): How long the header fields of a request may be together.
    /// - `http.max_connections` (number, default: `10_000`): How many clients may be connected.
    /// - `http.request_timeout` (duration, default: `10s`): How long a client has to send a request, its head and then
    ///   its body.
    /// - `http.write_timeout` (duration, default: `10s`): How long a client has to take a response.
    /// - `http.idle_timeout` (duration, default: `1m`): After how long without a request a client is disconnected.
    /// - `http.access_log` (boolean, default: `false`): Whether every request is told in the log.
    /// - `http.tls.certificate` (path, optional): The certificate with its chain, in PEM; with it there is TLS, and
    ///   HTTP/2.
    /// - `http.tls.key` (path, optional): The private key of the certificate, in PEM.
    /// - `http.tls.client_ca` (path, optional): The authority that signs clients' certificates.
    /// - `http.tls.client_certificates` (`none`, `optional` or `required`, default: `by http.tls.client_ca`): What
    ///   clients must show; required as soon as there is an authority for them.
    /// - `auth.use_password` (password, optional): The password of those who take numbers.
    /// - `auth.use_password_file` (path, optional): A file whose first line is that password.
    /// - `auth.admin_password` (password, optional): The password of those who may do everything.
    /// - `auth.admin_password_file` (path, optional): A file whose first line is that password.
    /// - `auth.tokens_file` (path, optional): A file with a line ROLE NAME TOKEN for each client that has a token of
    ///   its own.
    /// - `rate.server` (number, optional): How many requests per second are admitted of all clients together.
    /// - `rate.client` (number, optional): How many of each client: an address, or whoever has authenticated.
    /// - `rate.sequence` (number, optional): How many for each sequence.
    /// - `runway` (duration, default: `1m`): How long numbers in hand should last with the store away.
    /// - `segment.min` (number, default: `1000`): The smallest segment.
    /// - `segment.max` (number, default: `100_000_000`): The largest segment.
    /// - `segment.size` (number, optional): The size of every segment; unset: one runway, from segment.min to
    ///   segment.max.
    /// - `wait` (duration, default: `5s`): How long a request waits at most for a number.
    /// - `run.max` (number, default: `1_000_000`): The longest run that INCRBY may ask for.
    /// - `failover_offset` (number, optional): How many numbers to leave out when the store went back; unset:
    ///   4_000_000, 4 times run.max or 100 segments, whichever is most.
    /// - `fallback` (`off`, `all` or names with commas between them, default: `off`): Whose requests get unique numbers
    ///   from 2^62 up, of no sequence, when they have waited in vain.
    /// - `create` (`on`, `admin` or `off`, default: `on`): Who may create sequences by asking for a number.
    /// - `create_rate` (number, default: `1000`): How many sequences may be created per second.
    /// - `sequences.max` (number, default: `1_000_000`): How many sequences the store may hold.
    /// - `sequences.live` (number, default: `100_000`): How many sequences are in memory at most.
    /// - `sequences.idle` (duration, default: `10m`): After how long without use a sequence leaves memory.
    /// - `waiters.max` (number, default: `100_000`): How many requests wait at most for one sequence.
    /// - `drain` (duration, default: `10s`): How long a stop may take.
    /// - `metrics.sequences` (number, default: `100`): How many sequences metrics tell one by one, the busiest
    ///   first.
    /// - `event_loops` (number, default: `one per core`): How many cores serve connections.
    /// - `log.level` (`trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`, default: `info`): What is
    ///   told: this level and above.
    /// - `log.format` (`text` or `json`, default: `text`): What a line looks like: for people, or for programs.
    /// - `log.path` (path, optional): Where it is told; a directory: ordinal.log in it, and DIRECTORY/ is made; unset:
    ///   standard error.
    ///
    /// - Throws: ``ConfigurationError``, with every problem there is.
    public init(_ sources: ConfigurationSources) async throws(ConfigurationError) {
        self.sources = sources
        let reading = await ConfigurationReading(sources)
        guard reading.problems.isEmpty else { throw ConfigurationError(problems: reading.problems) }
        configuration = reading.configuration
        origins = reading.origins
        warnings = reading.warnings
    }

    /// Every key with its value as it may be shown, and where that came from.
    public var entries: [(key: ConfigurationKey, value: String?, origin: ConfigurationOrigin)] {
        ConfigurationKey.all.map { ($0, $0.shownValue(in: configuration), origins[$0.name] ?? .standard) }
    }
}
