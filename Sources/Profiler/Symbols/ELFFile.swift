/// What is needed of a 64-bit little-endian ELF file: its program headers and its table of symbols.
///
/// Nothing in the file is believed: every offset and size has a limit, small enough that sums of them cannot overflow, and
/// what leads past the end of the file reads as nothing.
struct ELFFile<Source: ByteSource> {
    /// A part of the file.
    struct Range {
        let offset: UInt64
        let size: UInt64
    }

    let source: Source
    let programHeaders: Range
    /// The table of symbols, and that of their names. `.symtab` has all functions; a stripped file has only `.dynsym`,
    /// those that it exports.
    let symbols: Range
    let names: Range

    private static var largestOffset: UInt64 { 1 << 48 }
    private static var largestTable: UInt64 { 1 << 32 }
    private static var sectionHeaderSize: Int { 64 }

    init?(_ source: Source) {
        let header = source.bytes(at: 0, count: 64)
        guard header.count == 64, header.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
            let programHeaders = Self.range(
                header.integer(at: 32), UInt64(header.integer(at: 56, as: UInt16.self) ?? 0) * 56),
            let sections = Self.range(
                header.integer(at: 40), UInt64(header.integer(at: 60, as: UInt16.self) ?? 0) * 64),
            header.integer(at: 58, as: UInt16.self) == UInt16(Self.sectionHeaderSize)
        else { return nil }
        let table = source.bytes(at: sections.offset, count: Int(sections.size))
        guard let tables = Self.symbolTable(2, in: table) ?? Self.symbolTable(11, in: table) else { return nil }
        self.source = source
        self.programHeaders = programHeaders
        (symbols, names) = tables
    }

    /// The first section of a type (SHT_SYMTAB is 2, SHT_DYNSYM 11), and the section of strings that it names.
    private static func symbolTable(_ type: UInt32, in table: [UInt8]) -> (symbols: Range, names: Range)? {
        for start in stride(from: 0, to: table.count, by: sectionHeaderSize)
        where table.integer(at: start + 4, as: UInt32.self) == type {
            guard let link = table.integer(at: start + 40, as: UInt32.self),
                let symbols = range(table.integer(at: start + 24), table.integer(at: start + 32)),
                let names = range(
                    table.integer(at: Int(link) * sectionHeaderSize + 24),
                    table.integer(at: Int(link) * sectionHeaderSize + 32))
            else { continue }
            return (symbols, names)
        }
        return nil
    }

    private static func range(_ offset: UInt64?, _ size: UInt64?) -> Range? {
        guard let offset, let size, offset <= largestOffset, size <= largestTable else { return nil }
        return Range(offset: offset, size: size)
    }
}
