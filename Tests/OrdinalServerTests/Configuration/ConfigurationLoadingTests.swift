import Logging
import Ordinal
import TestSupport
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationLoadingTests {
    @Test func withoutAnythingTheDefaultsHold() async throws {
        let loaded = try await load()
        for key in ConfigurationKey.all {
            #expect(key.write(loaded.configuration) == key.write(ServerConfiguration()), "\(key.name)")
            #expect(loaded.origins[key.name] == nil)
        }
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.configuration.journalPath == "ordinal.db.floors")
    }

    @Test func theCommandLineComesFirstThenTheEnvironmentThenTheFile() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("wait = '1s'\nrunway = '1s'\ndrain = '1s'\n[run]\nmax = 1_000\n")
        let loaded = try await load(
            ["wait": "3s"], environment: ["ORDINAL_WAIT": "2s", "ORDINAL_RUNWAY": "2s"], file: file)
        #expect(loaded.configuration.sequences.wait == .seconds(3))
        #expect(loaded.configuration.sequences.runway == .seconds(2))
        #expect(loaded.configuration.drain == .seconds(1))
        #expect(loaded.configuration.sequences.maximumRun == 1_000)
        #expect(loaded.origins["wait"]?.description == "--set")
        #expect(loaded.origins["runway"]?.description == "ORDINAL_RUNWAY")
        #expect(loaded.origins["drain"]?.description == file)
        #expect(loaded.origins["store"] == nil)
    }

    /// A text of its key that is not the default.
    private static let otherValues = [
        "store.mysql_password": "m", "store.redis_password": "r", "store": "sqlite:other.db", "block.factor": "26",
        "block.max": "27", "journal.path": "floors", "journal.mode": "required",
        "redis.address": "127.0.0.1:7", "redis.get_reply": "bulk", "redis.select": "ignore",
        "redis.max_connections": "11", "redis.idle_timeout": "0", "redis.max_arguments": "12",
        "redis.max_bulk": "2KiB", "redis.max_request": "3KiB", "redis.output_buffer": "5KiB",
        "redis.allow_unauthenticated": "true", "auth.use_password": "u", "auth.admin_password": "a", "runway": "61s",
        "segment.min": "13", "segment.max": "14", "segment.size": "15", "wait": "16s", "run.max": "17",
        "failover_offset": "18", "fallback": "a,b", "create": "admin", "create_rate": "19",
        "sequences.max": "20", "sequences.live": "21", "sequences.idle": "22s", "waiters.max": "23", "drain": "24s",
        "event_loops": "25", "http.address": "off", "http.allow_unauthenticated": "true",
        "http.idalloc_status": "200", "http.count_max": "28", "http.tinyid_segment": "29",
        "http.trace_header": "X-Request-Id", "http.max_body": "30KiB",
        "http.allowed_origins": "https://a.example", "http.max_headers": "31KiB",
        "http.max_connections": "32", "http.request_timeout": "33s", "http.write_timeout": "34s",
        "http.idle_timeout": "35s", "http.access_log": "true", "rate.server": "36", "rate.client": "37",
        "rate.sequence": "38", "metrics.sequences": "39",
        "log.level": "error", "log.format": "json", "log.path": "/tmp",
    ]

    @Test func everyKeyIsReadFromItsVariableAndReachesTheConfiguration() async throws {
        let files = try ConfigurationFiles()
        try await files.makeCertificate("server")
        var values = Self.otherValues
        values["redis.tls.certificate"] = "\(files.path)/server.crt"
        values["redis.tls.key"] = "\(files.path)/server.key"
        values["redis.tls.client_ca"] = "\(files.path)/server.crt"
        values["redis.tls.client_certificates"] = "optional"
        for part in ["certificate", "key", "client_ca", "client_certificates"] {
            values["http.tls.\(part)"] = values["redis.tls.\(part)"]
        }
        values["auth.tokens_file"] = try files.write("use reader 0123456789abcdef\n")
        let named = values.map { name, value in (ConfigurationKey.named(name)?.environmentVariable ?? name, value) }
        let loaded = try await load(environment: Dictionary(uniqueKeysWithValues: named))
        for key in ConfigurationKey.all where !key.name.hasSuffix("password_file") {
            #expect(key.write(loaded.configuration) == values[key.name], "\(key.name)")
            #expect(loaded.origins[key.name] == .environment(variable: key.environmentVariable))
        }
    }

    @Test func variablesAreNamedAsTheEnvironmentProviderReadsThem() async throws {
        #expect(ConfigurationKey.named("redis.get_reply")?.environmentVariable == "ORDINAL_REDIS_GET_REPLY")
        #expect(ConfigurationKey.named("redis.tls.client_ca")?.environmentVariable == "ORDINAL_REDIS_TLS_CLIENT_CA")
    }

    @Test func theSequencerGetsItsPolicy() async throws {
        let policy = try await load(Self.otherValues).configuration.sequencerPolicy
        #expect(policy.runway == .seconds(61))
        #expect(policy.segmentSize == .fixed(15))
        #expect(policy.wait == .seconds(16))
        #expect(policy.maximumRun == 17)
        #expect(policy.failoverOffset == 18)
        #expect(policy.creationsPerSecond == 19)
        #expect(policy.maximumSequences == 20)
        #expect(policy.maximumLive == 21)
        #expect(policy.idle == .seconds(22))
        #expect(policy.maximumWaiters == 23)
        #expect(policy.requiresJournal)
        let adaptive = try await load(["segment.min": "5", "segment.max": "6"]).configuration.sequencerPolicy
        #expect(adaptive.segmentSize == .adaptive(minimum: 5, maximum: 6))
    }

    @Test func theDefaultsOfTheServerAreThoseOfTheSequencer() {
        let (ours, theirs) = (ServerConfiguration().sequencerPolicy, SequencerPolicy())
        #expect("\(ours)" == "\(theirs)")
    }

    @Test func warnIsAnotherWordForWarning() async throws {
        #expect(try await load(["log.level": "warn"]).configuration.log.level == .warning)
    }

    @Test func clientCertificatesAreRequiredAsSoonAsThereIsAnAuthority() {
        var files = TLSFiles()
        #expect(files.clientCertificates == .none)
        files.clientCA = "ca.pem"
        #expect(files.clientCertificates == .required)
        files.clientCertificates = .optional
        #expect(files.clientCertificates == .optional)
    }
}
