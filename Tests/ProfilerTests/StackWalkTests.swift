import CProfiler
import Foundation
import SeededRandom
import Testing

/// The walk over stacks that nobody would have.
@Suite struct StackWalkTests {
    /// Memory of two pages, the second of which cannot be read.
    private final class Memory {
        static let page = 4096
        let words: UnsafeMutablePointer<UInt64>

        init() throws {
            let start = try #require(
                mmap(nil, 2 * Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
            try #require(start != MAP_FAILED)
            try #require(mprotect(start + Self.page, Self.page, PROT_NONE) == 0)
            words = start.bindMemory(to: UInt64.self, capacity: Self.page / 8)
        }

        deinit { munmap(words, 2 * Self.page) }

        func address(_ word: Int) -> UInt64 { UInt64(UInt(bitPattern: words)) &+ UInt64(bitPattern: Int64(word * 8)) }
    }

    private func walk(_ frame: UInt64, from stack: UInt64, maximum: Int = 127) -> [UInt64] {
        var frames = [UInt64](repeating: 0, count: maximum)
        let registers = cprofiler_registers(program_counter: 0xC0DE, stack_pointer: stack, frame_pointer: frame)
        let depth = cprofiler_walk(registers, &frames, maximum)
        return Array(frames.prefix(depth))
    }

    @Test func aChainIsFollowedToItsEnd() throws {
        let memory = try Memory()
        for index in 0..<200 {
            memory.words[index * 2] = memory.address(index * 2 + 2)
            memory.words[index * 2 + 1] = 0x10000 + UInt64(index)
        }
        let whole = [0xC0DE] + (0..<200).map { 0x10000 + UInt64($0) }
        memory.words[199 * 2] = 0
        #expect(walk(memory.address(0), from: memory.address(0)) == Array(whole.prefix(127)))
        #expect(walk(memory.address(0), from: memory.address(0), maximum: 500) == whole)
        #expect(walk(memory.address(0), from: memory.address(0), maximum: 1) == [0xC0DE])
    }

    @Test func theMarkOfAsyncFramesIsLeftOut() throws {
        let memory = try Memory()
        memory.words[0] = memory.address(4) | 1 << 60
        memory.words[1] = 0x10001
        memory.words[4] = 0
        memory.words[5] = 0x10002
        #expect(walk(memory.address(0), from: memory.address(0)) == [0xC0DE, 0x10001, 0x10002])
    }

    @Test func whatIsNoStackEndsIt() throws {
        let memory = try Memory()
        let (stack, last) = (memory.address(0), Memory.page / 8)
        for frame in [
            0, 1, .max, .max - 7, 8, stack + 1, stack + 4, stack - 8, stack + UInt64(Memory.page),
            stack + UInt64(Memory.page) - 8, stack + 65 << 20, 0xFFFF_8000_0000_0000, 1 << 47,
        ] {
            #expect(walk(frame, from: stack) == [0xC0DE], "\(frame)")
            _ = walk(frame, from: frame)
            _ = walk(frame, from: 0)
        }
        // A step to itself, a step down, and a return address that is none.
        memory.words[8] = memory.address(8)
        memory.words[9] = 0x10001
        #expect(walk(memory.address(8), from: stack) == [0xC0DE, 0x10001])
        memory.words[8] = memory.address(0)
        #expect(walk(memory.address(8), from: stack) == [0xC0DE, 0x10001])
        memory.words[8] = memory.address(20)
        #expect(walk(memory.address(8), from: stack) == [0xC0DE, 0x10001])
        // The last frame of a page, and a chain that leads out of it.
        memory.words[last - 2] = memory.address(last)
        memory.words[last - 1] = 0x10003
        #expect(walk(memory.address(last - 2), from: stack) == [0xC0DE, 0x10003])
    }

    @Test func noMemoryMakesItFault() throws {
        let memory = try Memory()
        var random = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            for word in 0..<Memory.page / 8 where word % 2 == 0 && Bool.random(using: &random) {
                memory.words[word] = memory.address(Int.random(in: -512...1024, using: &random))
                memory.words[word + 1] = UInt64.random(in: 0...0xFFFFF, using: &random)
            }
            let frame = memory.address(Int.random(in: -16...520, using: &random))
            let frames = walk(frame, from: memory.address(0))
            #expect(frames.count >= 1 && frames.count <= 127)
        }
    }
}
