import Foundation
import Testing

@testable import PrometheusMetrics

@Suite struct ProcessMetricsTests {
    @Test func everyFigureIsThereAndPlausible() throws {
        var writer = ExpositionWriter()
        ProcessMetrics().write(to: &writer)
        let read = try StrictReader(writer.finish())
        #expect(
            Set(read.types.keys) == [
                "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
                "process_open_fds", "process_max_fds", "process_start_time_seconds", "process_threads",
            ])
        func value(_ name: String) throws -> Double {
            let text = try #require(read.samples[name])
            return try #require(Double(text))
        }
        let now = Date().timeIntervalSince1970
        let start = try value("process_start_time_seconds")
        #expect(start < now + 2 && start > now - 3600)
        #expect(try value("process_threads") >= 1)
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"))
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_max_fds") >= value("process_open_fds"))
        #expect(try value("process_cpu_seconds_total") >= 0)
    }

    @Test func theNameOfTheProgramMayBeAnything() throws {
        let tail = "S 1 1 1 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 7 0 12345 1000000 250 1844674407370955161 1"
        let stat = try #require(ProcessStat(parsing: "42 (a) R 1 (b c) \(tail)\n"))
        #expect(stat.cpuTicks == 300 && stat.threads == 7 && stat.startTicks == 12345)
        #expect(stat.virtualBytes == 1_000_000 && stat.residentPages == 250)
    }

    @Test(arguments: ["", "42", "42 (x)", "42 (x) S 1 2 3", "42 (x) " + String(repeating: "x ", count: 50)])
    func otherTextIsNotRead(_ text: String) {
        #expect(ProcessStat(parsing: text) == nil)
    }

    @Test func openFilesAreCounted() throws {
        func open() throws -> Int {
            var writer = ExpositionWriter()
            ProcessMetrics().write(to: &writer)
            let text = try StrictReader(writer.finish()).samples["process_open_fds"]
            return try #require(text.flatMap { Int($0) })
        }
        // Other tests open a few at the same time.
        let before = try open()
        let pipes = (0..<50).map { _ in Pipe() }
        #expect(try open() >= before + 80)
        withExtendedLifetime(pipes) {}
    }
}
