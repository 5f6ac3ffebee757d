import Logging
import TestSupport
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationReloadTests {
    @Test func nothingNewChangesNothing() async throws {
        let files = try ConfigurationFiles()
        let reload = try await load(file: files.write("wait = '1s'")).reloaded()
        #expect(reload.changed == [])
        #expect(reload.needingRestart == [])
    }

    @Test func whatCanChangeChangesAndWhatCannotIsNamed() async throws {
        let files = try ConfigurationFiles()
        let loaded = try await load(file: files.write("wait = '1s'\n[log]\nlevel = 'info'\n"))
        try files.write("wait = '2s'\ncreate = 'off'\n[log]\nlevel = 'debug'\n[auth]\nadmin_password = 'new'\n")
        let reload = try await loaded.reloaded()
        #expect(reload.changed == ["auth.admin_password", "log.level"])
        #expect(reload.needingRestart == ["wait", "create"])
        let configuration = reload.loaded.configuration
        #expect(configuration.log.level == .debug)
        #expect(configuration.authentication.passwords.admin == "new")
        #expect(configuration.sequences.wait == .seconds(1))
        #expect(configuration.sequences.create == .on)
        #expect(try await reload.loaded.reloaded().needingRestart == ["wait", "create"])
    }

    @Test func anotherPasswordInTheSameFileIsAChange() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("old", to: "password")
        let loaded = try await load(["auth.admin_password_file": file])
        try files.write("new", to: "password")
        let reload = try await loaded.reloaded()
        #expect(reload.changed == ["auth.admin_password_file"], "the key that was set")
        #expect(reload.loaded.configuration.authentication.passwords.admin == "new")
    }

    @Test func anotherPasswordFileIsOneChange() async throws {
        let files = try ConfigurationFiles()
        try files.write("old", to: "one")
        try files.write("new", to: "two")
        let loaded = try await load(file: files.write("[auth]\nadmin_password_file = '\(files.path)/one'\n"))
        try files.write("[auth]\nadmin_password_file = '\(files.path)/two'\n")
        #expect(try await loaded.reloaded().changed == ["auth.admin_password_file"])
        try files.write("[auth]\nadmin_password = 'new'\n")
        #expect(try await loaded.reloaded().changed == ["auth.admin_password", "auth.admin_password_file"])
    }

    @Test func aWrongFileChangesNothing() async throws {
        let files = try ConfigurationFiles()
        let loaded = try await load(file: files.write("[log]\nlevel = 'info'\n"))
        try files.write("[log]\nlevel = 'debug'\n[redis]\nget_reply = 'x'\n")
        await #expect(throws: ConfigurationError.self) { try await loaded.reloaded() }
    }

    /// The new file is right by itself; but the address that stays open is the old one.
    @Test func aServerThatOthersReachDoesNotLoseItsPassword() async throws {
        let files = try ConfigurationFiles()
        let loaded = try await load(
            file: files.write("[redis]\naddress = '0.0.0.0:6389'\n[auth]\nadmin_password = 'x'\n"))
        try files.write("[redis]\naddress = '127.0.0.1:6389'\n")
        await #expect(throws: ConfigurationError.self) { try await loaded.reloaded() }
    }

    @Test func tlsIsTurnedOnAndOffByARestartOnly() async throws {
        let files = try ConfigurationFiles()
        try await files.makeCertificate("one")
        try await files.makeCertificate("two")
        func tls(_ name: String) -> String {
            "[redis.tls]\ncertificate = '\(files.path)/\(name).crt'\nkey = '\(files.path)/\(name).key'\n"
        }
        let plain = try await load(file: files.write(""))
        try files.write(tls("one"))
        let turnedOn = try await plain.reloaded()
        #expect(turnedOn.changed == [])
        #expect(turnedOn.needingRestart == ["redis.tls.certificate", "redis.tls.key"])
        #expect(!turnedOn.loaded.configuration.redis.tls.isEnabled)

        let encrypted = try await load(file: files.path + "/ordinal.toml")
        try files.write(tls("two"))
        let exchanged = try await encrypted.reloaded()
        #expect(exchanged.changed == ["redis.tls.certificate", "redis.tls.key"])
        #expect(exchanged.loaded.configuration.redis.tls.certificate == "\(files.path)/two.crt")
    }
}
