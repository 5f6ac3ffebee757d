import Logging
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationIdgoTests {
    private static let storage = """
        [storage_db]
        mysql_host = "127.0.0.1"
        mysql_port = 3306
        db_name = "idgo_test"
        user = "root"
        password = "hunter2"
        max_idle_conns = 64
        """
    private static let store = "mysql://root:hunter2@127.0.0.1:3306/idgo_test?tls=prefer&connections=64"

    @Test func eachKeyHasItsCounterpart() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("addr=\"127.0.0.1:7000\"\nlog_path=\"\(files.path)\"\nlog_level=\"debug\"\n")
        let loaded = try await load(file: file)
        #expect(loaded.configuration.redis.address == ListenAddress(host: "127.0.0.1", port: 7000))
        #expect(loaded.configuration.log.path == files.path + "/")
        #expect(loaded.configuration.log.level == .debug)
        #expect(loaded.configuration.redis.options.ignoresSelect)
        #expect(loaded.origins["redis.address"]?.description == "addr in \(file)")
        #expect(loaded.origins["log.level"]?.description == "log_level in \(file)")
        #expect(loaded.origins["redis.select"]?.description == file)
    }

    @Test(arguments: [("debug", Logger.Level.debug), ("info", .info), ("warn", .warning), ("error", .error)])
    func itsLogLevels(text: String, level: Logger.Level) async throws {
        let files = try ConfigurationFiles()
        #expect(try await load(file: files.write("log_level = \"\(text)\"")).configuration.log.level == level)
    }

    @Test(arguments: [":6389", "0.0.0.0:6389"])
    func everyInterfaceNeedsAPassword(address: String) async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("addr = \"\(address)\"")
        let refused = await problems(file: file)
        #expect(refused.map(\.key) == ["redis.address"])
        #expect(refused[0].origin?.description == "addr in \(file)")
        for remedy in ["auth.use_password", "redis.allow_unauthenticated = true"] {
            #expect(refused[0].advice.contains(remedy))
        }
        #expect(await problems(["auth.admin_password": "secret"], file: file) == [])
        #expect(await problems(["redis.allow_unauthenticated": "true"], file: file) == [])
    }

    @Test func itsDatabaseIsTheStoreUnlessAnotherWasChosen() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("addr = \"127.0.0.1:6389\"\n" + Self.storage)
        let taken = try await load(file: file)
        #expect(taken.configuration.store == (try StoreLocation(text: Self.store)))
        #expect(taken.origins["store"]?.description == "storage_db in \(file)")
        for loaded in [
            try await load(["store": "sqlite:o.db"], file: file),
            try await load(environment: ["ORDINAL_STORE": "sqlite:o.db"], file: file),
        ] {
            #expect(loaded.configuration.store == .sqlite(path: "o.db"))
            #expect(loaded.warnings.contains { $0.hasPrefix("storage_db in \(file) is not used") })
        }
    }

    @Test func keysOfOursMayStandInIt() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("addr = \":6389\"\n[auth]\nadmin_password = \"x\"\n[redis]\nselect = \"error\"\n")
        let loaded = try await load(file: file)
        #expect(loaded.configuration.authentication.passwords.admin == "x")
        #expect(!loaded.configuration.redis.options.ignoresSelect)
    }

    /// Where idgo's word for it is missing, ours holds.
    @Test func keysOfOursThatIdgoHasWordsFor() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write(
            "log_level = \"warn\"\n[redis]\naddress = \"127.0.0.1:7000\"\n[log]\npath = \"\(files.path)/log\"\n")
        let loaded = try await load(file: file)
        #expect(loaded.configuration.redis.address.port == 7000)
        #expect(loaded.configuration.log.path == "\(files.path)/log", "and a path of ours is a file")
        #expect(loaded.configuration.log.level == .warning)
        #expect(loaded.origins["redis.address"]?.description == file)
    }

    /// idgo makes the directory of its logs.
    @Test func itsLogPathIsADirectory() async throws {
        let files = try ConfigurationFiles()
        for path in ["\(files.path)/logs", "\(files.path)/logs/"] {
            let loaded = try await load(file: files.write("log_path = \"\(path)\"\n"))
            #expect(loaded.configuration.log.path == "\(files.path)/logs/")
            #expect(try LogOutput(loaded.configuration.log).path == "\(files.path)/logs/ordinal.log")
        }
        let file = try files.write("log_path = \"\(files.path)/missing/logs\"\n")
        #expect(await problems(file: file).map(\.key) == ["log.path"])
    }

    @Test func oneThingIsNotSaidTwice() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("addr = \"127.0.0.1:1\"\n[redis]\naddress = \"127.0.0.1:2\"\n")
        #expect(
            await problems(file: file).map(\.description) == [
                "redis.address (\(file)): addr says the same; leave one of the two out"
            ])
    }

    @Test func wordsOfIdgoMeanNothingInOtherSources() async throws {
        #expect(await problems(["addr": ":6389"]).map(\.key) == ["addr"])
        #expect(try await load(environment: ["ORDINAL_ADDR": "x"]).configuration.redis.address.port == 6389)
    }
}
