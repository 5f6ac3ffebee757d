import Foundation
import Logging
import Testing

@testable import OrdinalServer

@Suite struct TextLogHandlerTests {
    private func makeLog(
        _ level: Logger.Level = .info
    ) throws -> (files: ConfigurationFiles, output: LogOutput, logger: Logger) {
        let files = try ConfigurationFiles()
        let output = try LogOutput(path: files.path, level: level)
        return (files, output, Logger(label: "test") { TextLogHandler(label: $0, output: output) })
    }

    private func lines(of files: ConfigurationFiles, _ name: String = "ordinal.log") throws -> [String] {
        try String(contentsOfFile: "\(files.path)/\(name)", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// What comes after the time.
    private func texts(of files: ConfigurationFiles) throws -> [String] {
        try lines(of: files).map { String($0.dropFirst(25)) }
    }

    @Test func aLineHasTimeLevelMessageAndSortedFields() throws {
        let (files, _, logger) = try makeLog()
        logger.info("sequence opened", metadata: ["sequence": "orders", "life": "ab12", "count": "3"])
        let lines = try lines(of: files)
        #expect(lines.count == 1)
        let pattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  sequence opened count=3 life=ab12 sequence=orders/
        #expect(lines[0].wholeMatch(of: pattern) != nil, "\(lines[0])")
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions.insert(.withFractionalSeconds)
        let time = try #require(formatter.date(from: String(lines[0].prefix(24))))
        #expect(abs(time.timeIntervalSinceNow) < 60)
    }

    @Test func nobodyForgesALine() throws {
        let (files, _, logger) = try makeLog()
        let forged = "x\n2026-11-21T13:41:24.123Z error all is lost\r\u{1B}[2J\u{2028}\u{85}\u{202E}\u{7F}\0"
        logger.info("message \(forged)", metadata: ["name": "\(forged)", "ke\ny": "value"])
        let texts = try texts(of: files)
        #expect(texts.count == 1)
        let safe =
            "x\\n2026-11-21T13:41:24.123Z error all is lost\\r\\u{1b}[2J\\u{2028}\\u{85}\\u{202e}\\u{7f}\\u{0}"
        #expect(texts[0] == "info  message \(safe) ke\\ny=value name=\"\(safe)\"")
    }

    @Test func oneValueIsNotTakenForTwo() throws {
        let (files, _, logger) = try makeLog()
        logger.info("m", metadata: ["a": "x b=y", "c": "", "d": "say \"hi\"", "e": "caf\u{E9}😀", "f": "k=v"])
        #expect(try texts(of: files) == ["info  m a=\"x b=y\" c=\"\" d=\"say \\\"hi\\\"\" e=caf\u{E9}😀 f=\"k=v\""])
    }

    @Test func fieldsOfLoggerAndEventAreJoined() throws {
        var (files, _, logger) = try makeLog()
        logger[metadataKey: "node"] = "a"
        logger[metadataKey: "kept"] = "b"
        logger.warning("m", metadata: ["node": "c"])
        #expect(try texts(of: files) == ["warning m kept=b node=c"])
    }

    @Test func theLevelChangesForAllLoggersOfTheOutput() throws {
        let (files, output, logger) = try makeLog(.warning)
        let older = logger
        logger.info("one")
        output.level = .trace
        older.debug("two")
        logger.trace("three")
        output.level = .critical
        logger.error("four")
        #expect(try texts(of: files) == ["debug two", "trace three"])
        for level in Logger.Level.allCases {
            output.level = level
            #expect(logger.logLevel == level)
        }
    }

    @Test func oneLoggerMayHaveALevelOfItsOwn() throws {
        var (files, output, logger) = try makeLog()
        let other = logger
        logger.logLevel = .debug
        logger.debug("mine")
        other.debug("not mine")
        #expect(try texts(of: files) == ["debug mine"])
        #expect(output.level == .info)
    }

    @Test func aRenamedFileIsLeftBehindOnReopening() throws {
        let (files, output, logger) = try makeLog()
        logger.info("one")
        try FileManager.default.moveItem(atPath: "\(files.path)/ordinal.log", toPath: "\(files.path)/old.log")
        logger.info("two")
        try output.reopen()
        logger.info("three")
        #expect(try lines(of: files, "old.log").count == 2)
        #expect(try texts(of: files) == ["info  three"])
    }

    @Test func linesOfManyThreadsStayWhole() async throws {
        let (files, output, logger) = try makeLog()
        await withTaskGroup { tasks in
            for task in 0..<8 {
                tasks.addTask {
                    for index in 0..<200 {
                        logger.info("task \(task) line \(index) \(String(repeating: "x", count: 200))")
                    }
                }
            }
            tasks.addTask { for _ in 0..<50 { #expect(throws: Never.self) { try output.reopen() } } }
        }
        let texts = try texts(of: files)
        #expect(texts.count == 1_600)
        #expect(texts.allSatisfy { $0.wholeMatch(of: /info  task \d line \d+ x{200}/) != nil })
    }

    @Test func aPathIsAFileOrADirectoryForOne() throws {
        let files = try ConfigurationFiles()
        #expect(try LogOutput(path: files.path).path == "\(files.path)/ordinal.log")
        #expect(try LogOutput(path: files.path + "/").path == "\(files.path)/ordinal.log")
        #expect(try LogOutput(path: files.path + "/other.txt").path == "\(files.path)/other.txt")
        #expect(LogOutput.whyUnusable(path: files.path + "/made/") == nil)
        #expect(LogOutput.whyUnusable(path: files.path + "/missing/made/") != nil)
        #expect(LogOutput.whyUnusable(path: files.path + "/other.txt/") != nil, "a file is no directory")
        #expect(try LogOutput(path: files.path + "/made/").path == "\(files.path)/made/ordinal.log")
        #expect(throws: LogFileError.self) { try LogOutput(path: files.path + "/missing/made/") }
        #expect(throws: LogFileError.self) { try LogOutput(path: files.path + "/missing/other.txt") }
        #expect(LogOutput.whyUnusable(path: files.path) == nil)
        #expect(LogOutput.whyUnusable(path: files.path + "/other.txt") == nil)
        #expect(LogOutput.whyUnusable(path: files.path + "/missing/other.txt") != nil)
    }

    @Test func aLogFileIsNotForEverybody() throws {
        let (files, _, _) = try makeLog()
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(files.path)/ordinal.log")
        let permissions = try #require(attributes[.posixPermissions] as? Int)
        #expect(permissions & 0o007 == 0)
    }
}
