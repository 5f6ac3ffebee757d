import Foundation
import SeededRandom
import Testing

@testable import Profiler

private struct Memory: ByteSource {
    let contents: [UInt8]

    init(_ contents: [UInt8]) { self.contents = contents }

    func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset < UInt64(contents.count), count > 0 else { return [] }
        return Array(contents[Int(offset)...].prefix(count))
    }
}

@Suite struct ELFFileTests {
    /// A file of `functions`, with the table of symbols of type `table` (2 is .symtab, 11 .dynsym).
    private func file(_ functions: [(name: String, start: UInt64, size: UInt64)], table: UInt32 = 2) -> [UInt8] {
        var names: [UInt8] = [0]
        var symbols = [UInt8](repeating: 0, count: 24)
        for function in functions {
            symbols += little(UInt32(names.count)) + [0x12, 0] + little(UInt16(1))
            symbols += little(function.start) + little(function.size)
            names += Array(function.name.utf8) + [0]
        }
        let programHeaders = [UInt8](repeating: 7, count: 56)
        func section(_ type: UInt32, _ link: UInt32, _ offset: Int, _ size: Int) -> [UInt8] {
            little(UInt32(0)) + little(type) + [UInt8](repeating: 0, count: 16) + little(UInt64(offset))
                + little(UInt64(size)) + little(link) + [UInt8](repeating: 0, count: 20)
        }
        let symbolsOffset = 64 + 56
        let namesOffset = symbolsOffset + symbols.count
        let sectionsOffset = namesOffset + names.count
        let sections =
            section(0, 0, 0, 0) + section(table, 2, symbolsOffset, symbols.count)
            + section(3, 0, namesOffset, names.count)
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        header += little(UInt16(3)) + little(UInt16(62)) + little(UInt32(1)) + little(UInt64(0))
        header += little(UInt64(64)) + little(UInt64(sectionsOffset)) + little(UInt32(0)) + little(UInt16(64))
        header += little(UInt16(56)) + little(UInt16(1)) + little(UInt16(64)) + little(UInt16(3)) + little(UInt16(2))
        return header + programHeaders + symbols + names + sections
    }

    private func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private let functions: [(name: String, start: UInt64, size: UInt64)] = [
        ("later", 0x3000, 0x100), ("first", 0x1000, 0x10), ("second", 0x1010, 0x20), ("again", 0x1010, 0x20),
        ("empty", 0x1020, 0), ("last", .max - 0xFF, 0xFF),
    ]

    @Test func namesAreFound() throws {
        for table: UInt32 in [2, 11] {
            let elf = try #require(ELFFile(Memory(file(functions, table: table))))
            #expect(elf.source.bytes(at: elf.programHeaders.offset, count: 56) == [UInt8](repeating: 7, count: 56))
            let addresses: Set<UInt64> = [
                0, 0xFFF, 0x1000, 0x100F, 0x1010, 0x1020, 0x102F, 0x1030, 0x3000, 0x30FF, 0x3100, .max - 1, .max,
            ]
            let names = elf.names(of: addresses).mapValues { String(decoding: $0, as: UTF8.self) }
            #expect(
                names == [
                    0x1000: "first", 0x100F: "first", 0x1010: "second", 0x1020: "second", 0x102F: "second",
                    0x3000: "later", 0x30FF: "later", UInt64.max - 1: "last",
                ])
        }
        #expect(try #require(ELFFile(Memory(file([])))).names(of: [1]).isEmpty)
        #expect(ELFFile(Memory(file(functions, table: 3))) == nil)
        #expect(ELFFile(Memory([])) == nil)
    }

    @Test func manyFunctionsAreReadInPieces() throws {
        let many = (0..<20_000).map { (name: "f\($0)", start: UInt64($0) * 16, size: UInt64(16)) }
        let elf = try #require(ELFFile(Memory(file(many.shuffled()))))
        let names = elf.names(of: Set(many.map { $0.start + 7 }))
        #expect(names.count == many.count)
        #expect(many.allSatisfy { names[$0.start + 7] == Array($0.name.utf8) })
    }

    /// Reads whatever it is as far as it goes.
    private func read(_ bytes: [UInt8], _ addresses: Set<UInt64>) {
        guard let elf = ELFFile(Memory(bytes)) else { return }
        let names = elf.names(of: addresses)
        if !names.allSatisfy({ !$0.value.isEmpty && $0.value.count <= 4096 && addresses.contains($0.key) }) {
            Issue.record("\(names)")
        }
    }

    private let addresses: Set<UInt64> = [0, 1, 0xFFF, 0x1000, 0x1015, 0x2000, 0x3001, 1 << 63, .max - 1, .max]

    @Test func aTruncatedFileIsRead() throws {
        let small = file(functions)
        for count in 0...small.count { read(Array(small.prefix(count)), addresses) }
        let real = try library()
        for count in stride(from: 0, to: real.count, by: max(real.count / 2000, 1)) {
            read(Array(real.prefix(count)), addresses)
        }
    }

    @Test func aDamagedFileIsRead() throws {
        var random = SeededRandom(seed: 2)
        let small = file(functions)
        for place in small.indices {
            for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFE, 0xFF] {
                var bytes = small
                bytes[place] = byte
                read(bytes, addresses)
            }
        }
        for _ in 0..<20_000 {
            var bytes = small
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                bytes[bytes.indices.randomElement(using: &random) ?? 0] = UInt8.random(in: 0...255, using: &random)
            }
            read(bytes, addresses)
        }
        let real = try library()
        for _ in 0..<300 {
            var bytes = real
            for _ in 0..<100 {
                // The headers are where damage does most.
                let place = Bool.random(using: &random) ? Int.random(in: 0..<64, using: &random) : nil
                bytes[place ?? Int.random(in: 0..<real.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
            read(bytes, addresses)
        }
        for _ in 0..<1000 {
            read(
                [0x7F, 0x45, 0x4C, 0x46, 2, 1] + (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) },
                addresses)
        }
    }

    /// The smallest library of this process.
    private func library() throws -> [UInt8] {
        let files = LoadedModule.all.compactMap { try? Data(contentsOf: URL(fileURLWithPath: $0.path)) }
        return Array(try #require(files.filter { $0.count > 10_000 }.min { $0.count < $1.count }))
    }
}
