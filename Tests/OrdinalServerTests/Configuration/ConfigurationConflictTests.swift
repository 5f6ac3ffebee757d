import RESP
import TestSupport
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationConflictTests {
    private func conflicts(_ change: (inout ServerConfiguration) -> Void) -> [String] {
        var configuration = ServerConfiguration()
        change(&configuration)
        return configuration.conflicts().compactMap(\.keys.first)
    }

    @Test func theDefaultsFitTogether() {
        #expect(conflicts { _ in } == [])
    }

    @Test func boundsDoNotCross() {
        #expect(conflicts { $0.sequences.segmentMinimum = $0.sequences.segmentMaximum } == [])
        #expect(conflicts { $0.sequences.segmentMinimum = $0.sequences.segmentMaximum + 1 } == ["segment.min"])
        #expect(
            conflicts { $0.redis.options.limits.maxBulkLength = $0.redis.options.limits.maxRequestLength + 1 }
                == ["redis.max_bulk"])
    }

    @Test func anAddressThatOthersReachNeedsAPasswordOrPermission() {
        for host in ["0.0.0.0", "::", "192.0.2.1", "db.example.com"] {
            let address = ListenAddress(host: host, port: 6389)
            #expect(conflicts { $0.redis.address = address } == ["redis.address"])
            #expect(conflicts { ($0.redis.address, $0.authentication.passwords.admin) = (address, "a") } == [])
            #expect(conflicts { ($0.redis.address, $0.redis.allowsUnauthenticated) = (address, true) } == [])
        }
    }

    @Test func theTwoRolesHaveTwoPasswords() {
        #expect(
            conflicts { $0.authentication.passwords = .init(use: "same", admin: "same") } == ["auth.use_password"])
        #expect(conflicts { $0.authentication.passwords = .init(use: "one", admin: "other") } == [])
    }

    @Test func theJournalIsNotTheDatabase() {
        #expect(conflicts { $0.journalPath = "ordinal.db" } == ["journal.path"])
    }

    @Test func whatWasWrongByItselfIsToldOnce() async {
        let problems = await problems(["segment.min": "x", "segment.max": "5"])
        #expect(problems.map(\.key) == ["segment.min"])
    }

    @Test func aValueAndAFileForOnePasswordExcludeEachOther() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("from file\n", to: "password")
        let problems = await problems(
            ["auth.admin_password_file": file], environment: ["ORDINAL_AUTH_ADMIN_PASSWORD": "x"])
        #expect(problems.map(\.key) == ["auth.admin_password_file"])
        #expect(problems[0].advice == "auth.admin_password is given too (ORDINAL_AUTH_ADMIN_PASSWORD); leave one out")
    }

    @Test func tlsFilesComeTogetherAndFit() async throws {
        let files = try ConfigurationFiles()
        try await files.makeCertificate("one")
        try await files.makeCertificate("two")
        let garbage = try files.write("not PEM", to: "garbage")
        func keys(_ certificate: String?, _ key: String?, _ authority: String? = nil) -> [String] {
            conflicts { configuration in
                configuration.redis.tls.certificate = certificate.map { "\(files.path)/\($0)" }
                configuration.redis.tls.key = key.map { "\(files.path)/\($0)" }
                configuration.redis.tls.clientCA = authority.map { "\(files.path)/\($0)" }
            }
        }
        #expect(keys("one.crt", "one.key") == [])
        #expect(keys("one.crt", "one.key", "two.crt") == [])
        #expect(keys("one.crt", nil) == ["redis.tls.certificate"])
        #expect(keys(nil, "one.key") == ["redis.tls.key"])
        #expect(keys(nil, nil, "two.crt") == ["redis.tls.client_ca"])
        #expect(keys("one.crt", "two.key") == ["redis.tls.key"])
        #expect(
            keys("garbage", "garbage", "garbage")
                == ["redis.tls.certificate", "redis.tls.key", "redis.tls.client_ca"])
        #expect(keys("missing", "one.key") == ["redis.tls.certificate"])
        #expect(conflicts { $0.redis.tls.clientCertificates = .required } == ["redis.tls.client_certificates"])
        #expect(garbage.hasSuffix("garbage"))
    }
}
