import Foundation
import Testing

@testable import Profiler

@Suite struct MemoryFiguresTests {
    @Test func memoryThatIsTakenIsSeen() throws {
        let size = 64 << 20
        let before = MemoryFigures.current
        let memory = try #require(malloc(size))
        memset(memory, 1, size)
        let during = MemoryFigures.current
        free(memory)
        let after = MemoryFigures.current
        // The sanitizers bring a malloc of their own.
        if !isThreadSanitized, dlsym(nil, "__asan_init") == nil {
            #expect(before.heap.reserved > 0 && before.heap.inUse > 0)
            #expect(during.heap.mapped >= size)
            #expect(after.heap.mapped < during.heap.mapped)
        }
        let process = try #require(during.process)
        #expect(process.resident >= size && process.virtual >= process.resident && process.resident >= process.shared)
        #expect(try #require(after.process).peakResident >= size)
    }

    @Test func whatIsNoFigureIsNotRead() {
        func read(_ statm: String, _ status: String) -> MemoryFigures.Process? {
            .init(statm: statm, status: status, pageSize: 4096)
        }
        let status = "Name:\tordinal\nVmHWM:\t    5 kB\nVmRSS:\t 1 kB\n"
        #expect(
            read("3 2 1 0 0 0 0\n", status)
                == .init(virtual: 12288, resident: 8192, shared: 4096, peakResident: 5120))
        #expect(read("", status) == nil)
        #expect(read("3 2\n", status) == nil)
        #expect(read("3 x 1", status) == nil)
        #expect(read("3 2 1", "") == nil)
        #expect(read("3 2 1", "VmHWM:\t kB") == nil)
        #expect(read("3 2 9223372036854775807", status) == nil)
        #expect(read("3 2 1", "VmHWM: 9223372036854775807 kB") == nil)
    }
}
