public import Logging
internal import NIOCore
public import Ordinal

/// Everything that can be set about a server, typed and with its defaults.
///
/// A program that embeds Ordinal sets what it needs here; `ordinal serve` fills it by ``LoadedConfiguration``.
public struct ServerConfiguration: Sendable {
    /// What keeps the ceilings.
    public var store = StoreLocation.sqlite(path: "ordinal.db")
    /// The passwords of stores, where their locations do not hold them.
    public var storePasswords = StorePasswords()
    /// How much is reserved at once in the store below Redis.
    public var blocks = Blocks()
    /// What remembers floors across restarts.
    public var journal = Journal()
    /// The way in for Redis clients.
    public var redis = Redis()
    /// The way in for HTTP clients.
    public var http = HTTP()
    /// Who may do what.
    public var authentication = Authentication()
    /// How many requests are admitted.
    public var rates = Rates()
    /// How numbers are reserved, and how many sequences there may be.
    public var sequences = Sequences()
    /// What is told, and where.
    public var log = Log()
    /// How many sequences metrics tell one by one; the others are told together.
    public var metricSequences = 100
    /// How long a stop may take: connections end and numbers are given back within this time.
    public var drain: Duration = .seconds(10)
    /// How many event loops, and so how many cores, serve connections.
    public var eventLoops = System.coreCount

    /// Makes the configuration that a server has if nothing is said.
    public init() {}
}

extension ServerConfiguration {
    /// What remembers floors across restarts.
    public struct Journal: Sendable {
        /// Whether there is a journal, and what happens when it cannot be written.
        public enum Mode: String, Sendable, CaseIterable {
            /// There is one; when it cannot be written, that is logged and counted, and the service goes on.
            case on
            /// There is one; without it no number is handed out.
            case required
            /// There is none.
            case off
        }

        /// Its file; nil: beside the database.
        public var path: String?
        /// Whether there is one.
        public var mode = Mode.on
    }

    /// The file of the journal: what was chosen, one beside the database, or one in the directory where the server runs.
    public var journalPath: String {
        get { journal.path ?? (store.databasePath ?? "ordinal") + ".floors" }
        set { journal.path = newValue }
    }

    /// How much is reserved at once in the store below Redis.
    public struct Blocks: Sendable {
        /// How many times as many numbers as a node needs itself.
        public var factor: Int64 = 10
        /// How many numbers at most.
        public var limit: Int64 = 1_000_000_000
    }

    /// The way in for Redis clients.
    public struct Redis: Sendable {
        /// Where it listens.
        public var address = ListenAddress(host: "127.0.0.1", port: 6389)
        /// How it answers.
        public var options = RedisOptions()
        /// Whether it may listen on an address that others can reach without asking for a password.
        public var allowsUnauthenticated = false
        /// The files for TLS.
        public var tls = TLSFiles()
    }

    /// The way in for HTTP clients.
    public struct HTTP: Sendable {
        /// Where it listens; nil: nowhere.
        public var address: ListenAddress? = ListenAddress(host: "127.0.0.1", port: 8080)
        /// How it answers.
        public var options = HTTPOptions()
        /// Whether it may listen on an address that others can reach without asking for a password.
        public var allowsUnauthenticated = false
        /// The files for TLS.
        public var tls = TLSFiles()
    }

    /// Who may do what.
    public struct Authentication: Sendable {
        /// The passwords of the two roles.
        public var passwords = Credentials.Passwords()
        /// Where the password for use was read from.
        public internal(set) var usePasswordFile: String?
        /// Where the administrator's password was read from.
        public internal(set) var adminPasswordFile: String?
        /// Where tokens were read from.
        public internal(set) var tokensFile: String?
    }

    /// How many requests are admitted per second, on both fronts together. Without a number there is no limit.
    public struct Rates: Hashable, Sendable {
        /// Of all clients together.
        public var server: Int?
        /// Of each client: an address, or whoever has authenticated.
        public var client: Int?
        /// For each sequence.
        public var sequence: Int?
    }

    /// What is told, and where.
    public struct Log: Sendable {
        /// What a line looks like.
        public enum Format: String, Sendable, CaseIterable {
            /// For people.
            case text
            /// An object for programs.
            case json
        }

        /// What is told: this level and above.
        public var level = Logger.Level.info
        /// What a line looks like.
        public var format = Format.text
        /// A file, or a directory for a file `ordinal.log`, which is made if the path ends in `/`; nil: standard error.
        public var path: String?
    }

    /// How numbers are reserved, and how many sequences there may be.
    public struct Sequences: Sendable {
        private static let policy = SequencerPolicy()

        /// How long numbers in hand should last with the store away.
        public var runway = policy.runway
        /// The smallest segment.
        public var segmentMinimum: Int64 = 1_000
        /// The largest segment.
        public var segmentMaximum: Int64 = 100_000_000
        /// Every segment's size; nil: one runway, between the smallest and the largest.
        public var segmentSize: Int64?
        /// How long a request waits at most for a number.
        public var wait = policy.wait
        /// The longest contiguous run.
        public var maximumRun = policy.maximumRun
        /// How many numbers to leave out when the store went back; nil: 1,000,000 or 100 segments, whichever is more.
        public var failoverOffset = policy.failoverOffset
        /// Whose requests get numbers from 2^62 up when they have waited in vain.
        public var fallback = policy.fallback
        /// Who may create sequences by asking for a number.
        public var create = CreationPolicy.on
        /// How many sequences may be created per second.
        public var creationsPerSecond = policy.creationsPerSecond
        /// How many sequences the store may hold.
        public var maximumSequences = policy.maximumSequences
        /// How many sequences are in memory at most.
        public var maximumLive = policy.maximumLive
        /// After how long without use a sequence leaves memory.
        public var idle = policy.idle
        /// How many requests wait at most for one sequence.
        public var maximumWaiters = policy.maximumWaiters
    }

    /// How the sequencer behaves in this configuration.
    public var sequencerPolicy: SequencerPolicy {
        var policy = SequencerPolicy()
        policy.runway = sequences.runway
        policy.segmentSize =
            sequences.segmentSize.map { .fixed($0) }
            ?? .adaptive(minimum: sequences.segmentMinimum, maximum: sequences.segmentMaximum)
        policy.wait = sequences.wait
        policy.maximumRun = sequences.maximumRun
        policy.failoverOffset = sequences.failoverOffset
        policy.fallback = sequences.fallback
        policy.creationsPerSecond = sequences.creationsPerSecond
        policy.maximumSequences = sequences.maximumSequences
        policy.maximumLive = sequences.maximumLive
        policy.idle = sequences.idle
        policy.maximumWaiters = sequences.maximumWaiters
        policy.requiresJournal = journal.mode == .required
        return policy
    }
}
