import OrdinalServer
import Testing

@testable import OrdinalCLI

@Suite struct ConfigTests {
    private func loaded() async throws -> LoadedConfiguration {
        try await LoadedConfiguration(
            ConfigurationSources(
                options: [.init(key: "wait", value: "7s", option: "--set")],
                environment: ["ORDINAL_AUTH_ADMIN_PASSWORD": "hunter2"]))
    }

    @Test func everyKeyIsShownWithItsOrigin() async throws {
        let report = ConfigCommand.report(try await loaded())
        #expect(report.lines.count == ConfigurationKey.all.count + 1)
        func line(_ key: String) -> [Substring]? {
            report.lines.first { $0.hasPrefix(key + " ") }?.split(separator: " ")
        }
        #expect(line("wait") == ["wait", "7s", "--set"])
        #expect(line("drain") == ["drain", "10s", "default"])
        #expect(line("segment.size") == ["segment.size", "-", "default"])
        #expect(line("auth.admin_password") == ["auth.admin_password", "(set)", "ORDINAL_AUTH_ADMIN_PASSWORD"])
    }

    @Test func noSecretIsShown() async throws {
        let report = ConfigCommand.report(try await loaded())
        #expect(!"\(report)".contains("hunter2"))
        #expect(!report.json.description.contains("hunter2"))
    }

    @Test func theDocumentHasOneEntryPerKey() async throws {
        let json = ConfigCommand.report(try await loaded()).json.description
        #expect(json.contains(#"{"from":"default","key":"store","value":"sqlite:ordinal.db"},"#))
        #expect(json.contains(#"{"from":"--set","key":"wait","value":"7s"}"#))
        #expect(json.contains(#"{"from":"default","key":"segment.size","value":null}"#))
    }

    @Test func theKeysAreDocumented() {
        let report = ConfigCommand.keyReport
        for key in ConfigurationKey.all {
            #expect(report.lines.contains("\(key.name) = \(key.defaultText ?? "(unset)")"))
            #expect(report.lines.contains { $0.contains(key.environmentVariable) })
        }
    }
}
