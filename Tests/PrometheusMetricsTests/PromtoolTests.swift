import ChildProcesses
import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import PrometheusMetrics

private let promtool = "/usr/bin/promtool"

/// The output as Prometheus itself reads it. Debian's package `prometheus` has the tool.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool), "promtool is not installed"))
struct PromtoolTests {
    /// - Returns: The exit code of `promtool check metrics`, and what it said.
    private func check(_ exposition: [UInt8]) async throws -> (code: Int32, said: String) {
        let directory = try TemporaryDirectory()
        let (input, output) = (directory.file("metrics"), directory.file("said"))
        try Data(exposition).write(to: URL(fileURLWithPath: input))
        let process = try ChildProcess(promtool, ["check", "metrics"], input: input, log: output)
        let end = try await onThread { process.wait() }
        return (end.code, try String(contentsOfFile: output, encoding: .utf8))
    }

    static let hostile = [
        "\"", "\\", "\n", "\\\"\n", "a\\", "\"} 1\nx 2\n", "{a=\"b\"}", "#", " ", "\t\r", "\u{0}", "\u{7F}",
        "\u{2028}", "e\u{301}", "é", "🙂👩‍👩‍👧", "1e5", "NaN", "+Inf",
        String(decoding: [0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80] as [UInt8], as: UTF8.self),
        String(repeating: "🙂", count: 5000),
    ]

    @Test func hostileValuesAndHelpTextsAreTaken() async throws {
        let registry = PrometheusRegistry()
        for text in Self.hostile {
            registry.counter("a_total", labels: [("of", text)], help: text).increment()
            registry.histogram("b_seconds", labels: [("of", text)], help: "b" + text).record(0.3)
            Counter(label: "lib.calls", dimensions: [("d", text)], factory: registry).increment()
            CoreMetrics.Timer(label: "lib.time", dimensions: [("d", text)], factory: registry).recordSeconds(3)
            registry.collect { $0.gauge("collected", 1.5, labels: [("of", text)], help: text + "help") }
        }
        let process = ProcessMetrics()
        registry.collect { process.write(to: &$0) }
        let (code, said) = try await check(registry.exposition())
        #expect(code == 0 && said == "", "\(said)")
        let read = try StrictReader(registry.exposition())
        #expect(read.keys.count { $0.starts(with: "collected".utf8) } == Self.hostile.count)
    }

    /// The tool may find names made of such text ugly (exit code 3), but it must be able to read them.
    @Test func hostileNamesAreTaken() async throws {
        let registry = PrometheusRegistry()
        for text in Self.hostile + ["le", "__name__", "job", "1", "a_count"] {
            registry.counter(text, labels: [(text, "x")], help: "A.").increment()
            registry.histogram("b" + text, labels: [(text, text), ("le", text), ("__name__", text)], help: "B.").record(
                1)
            Counter(label: text, dimensions: [(text, text)], factory: registry).increment()
            CoreMetrics.Timer(label: text, dimensions: [(text, text)], factory: registry).recordSeconds(3)
            registry.collect { $0.gauge(text, 1, labels: [(text, text)], help: "D.") }
        }
        let (code, said) = try await check(registry.exposition())
        #expect((code == 0 || code == 3) && !said.contains("error"), "\(said)")
        _ = try StrictReader(registry.exposition())
    }

    @Test func theToolFindsWhatIsWrong() async throws {
        #expect(try await check(Array("a{x=\"\\\"} 1\n".utf8)).code == 1)
        #expect(try await check(Array("a 1\n# TYPE a counter\n".utf8)).code == 1)
    }
}
