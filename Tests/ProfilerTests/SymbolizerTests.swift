import Foundation
import Testing

@testable import Profiler

@Suite struct SymbolizerTests {
    private func address(of name: String) throws -> UInt64 {
        UInt64(UInt(bitPattern: try #require(dlsym(nil, name), "\(name)")))
    }

    @Test func theProgramAndItsLibrariesHaveNames() throws {
        let modules = LoadedModule.all
        #expect(modules.contains { $0.path == "/proc/self/exe" && $0.name.contains("Tests") })
        #expect(modules.contains { $0.name == "libc.so.6" && $0.file != nil })
        let demangle = try address(of: "swift_demangle")
        #expect(
            Symbolizer.names(of: [demangle, demangle + 4]) == [
                demangle: "swift_demangle", demangle + 4: "swift_demangle",
            ])
        let fopen = try address(of: "fopen")
        #expect(try #require(Symbolizer.names(of: [fopen])[fopen]).contains("fopen"))
    }

    @Test func whatHasNoNameHasAPlace() throws {
        #expect(Symbolizer.names(of: [0, 8, .max]).isEmpty)
        #expect(Symbolizer.nameless(0xAB) == "0xab")
        // The ELF header is in the first segment, and no function.
        let libc = try #require(LoadedModule.all.first { $0.name == "libc.so.6" })
        #expect(Symbolizer.names(of: [libc.base + 3]) == [libc.base + 3: "libc.so.6+0x3"])
    }

    /// A file that took the place of the one that is mapped would give the wrong names.
    @Test func anotherFileIsNotRead() throws {
        let libc = try #require(LoadedModule.all.first { $0.name == "libc.so.6" })
        func module(_ path: String, _ headers: [UInt8]) -> LoadedModule {
            LoadedModule(path: path, name: libc.name, base: libc.base, programHeaders: headers)
        }
        #expect(module(libc.path, libc.programHeaders).file != nil)
        var other = libc.programHeaders
        other[other.count - 1] ^= 1
        #expect(module(libc.path, other).file == nil)
        #expect(module(libc.path, Array(libc.programHeaders.dropLast(56))).file == nil)
        #expect(module("/proc/self/exe", libc.programHeaders).file == nil)
        #expect(module("/nowhere", libc.programHeaders).file == nil)
    }

    @Test func swiftNamesAreDemangled() {
        func text(_ name: String) -> String { Demangler.text(of: Array(name.utf8)) }
        #expect(text("$s4main5outeryyF") == "main.outer() -> ()")
        for name in ["", "$s", "$sOops", "malloc", "_ZN3foo3barEv", "$s4main5outeryy", "café"] {
            #expect(!text(name).isEmpty == !name.isEmpty)
        }
        #expect(text("malloc") == "malloc")
        #expect(Demangler.text(of: [0xFF]) == "\u{FFFD}")
        let long = "$s" + String(repeating: "Say", count: 5000)
        #expect(text(long) == long)
    }

    @Test func threadsHaveNames() {
        #expect(ThreadName.read(UInt32(getpid())) != nil)
        #expect(ThreadName.read(0) == nil)
        #expect(ThreadName.ended(7) == "thread 7 (ended)")
    }
}
