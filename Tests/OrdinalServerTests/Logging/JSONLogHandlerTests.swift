import Foundation
import Logging
import Testing

@testable import OrdinalServer

@Suite struct JSONLogHandlerTests {
    @Test func aLineIsAnObjectWhateverIsTold() throws {
        let files = try ConfigurationFiles()
        let output = try LogOutput(path: files.path)
        let logger = Logger(label: "test") { _ in JSONLogHandler(output: output) }
        let hostile = "x\n{\"level\":\"error\"}\u{0}\"\\"
        logger.info("message \(hostile)", metadata: ["sequence": "\(hostile)", "level": "forged", "count": "3"])
        logger.debug("not told")
        let lines = try String(contentsOfFile: "\(files.path)/ordinal.log", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("{\"time\":\"2"))
        let read = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String]
        #expect(read?.keys.sorted() == ["count", "level", "message", "sequence", "time"])
        #expect(read?["level"] == "info" && read?["message"] == "message \(hostile)" && read?["sequence"] == hostile)
    }
}
