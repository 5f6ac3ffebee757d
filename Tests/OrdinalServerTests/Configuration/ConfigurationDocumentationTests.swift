import Foundation
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationDocumentationTests {
    /// The keys are written down once more, where swift-configuration's habit has them; here they are compared.
    @Test func theInitialiserListsEveryKeyWithItsDefaultAndSummary() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let file = root.appendingPathComponent("Sources/OrdinalServer/Configuration/LoadedConfiguration.swift")
        let comment = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("///") }
            .map { $0.dropFirst(3).trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        var position = comment.startIndex
        for key in ConfigurationKey.all {
            let bullet = try #require(
                comment.range(of: "- `\(key.name)` (", range: position..<comment.endIndex), "\(key.name), in this order"
            )
            position = bullet.upperBound
            let entry = comment[position...].components(separatedBy: " - ")[0]
            #expect(entry.contains(key.defaultText.map { "default: `\($0)`" } ?? "optional"), "\(key.name): \(entry)")
            #expect(entry.contains(key.summary), "\(key.name): \(entry)")
        }
    }

    @Test func passwordsAreMarkedSecret() {
        for key in ConfigurationKey.all {
            #expect(key.isSecret == key.name.hasSuffix("_password"), "\(key.name)")
            #expect(!key.summary.isEmpty && !key.form.isEmpty)
        }
    }
}
