import CProfiler
import Glibc

/// A file that the dynamic loader has mapped: the program or a library.
struct LoadedModule {
    /// Where the file is read.
    let path: String
    /// What profiles call it.
    let name: String
    /// What is added to the addresses of the file.
    let base: UInt64
    /// As they are in memory.
    let programHeaders: [UInt8]

    static var all: [LoadedModule] {
        var modules: [LoadedModule] = []
        withUnsafeMutablePointer(to: &modules) { modules in
            cprofiler_visit_modules(
                { module, context in
                    guard let module, let context else { return }
                    context.assumingMemoryBound(to: [LoadedModule].self).pointee.append(LoadedModule(module.pointee))
                }, modules)
        }
        return modules
    }

    init(path: String, name: String, base: UInt64, programHeaders: [UInt8]) {
        self.path = path
        self.name = name
        self.base = base
        self.programHeaders = programHeaders
    }

    private init(_ module: cprofiler_module) {
        let path = module.path.map { String(cString: $0) } ?? ""
        // The link leads to the file that is running even if another stands in its place now.
        self.path = path.isEmpty ? "/proc/self/exe" : path
        let last = (path.isEmpty ? Self.programPath : path).split(separator: "/").last
        name = last.map(String.init) ?? "program"
        base = module.base
        programHeaders = Array(
            UnsafeRawBufferPointer(start: module.program_headers, count: module.program_headers_size))
    }

    private static var programPath: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let count = readlink("/proc/self/exe", start, buffer.count)
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(max(count, 0)), as: UTF8.self)
        }
    }

    /// Whether `address` is in one of the file's segments (PT_LOAD is 1).
    func contains(_ address: UInt64) -> Bool {
        stride(from: 0, to: programHeaders.count, by: 56).contains { start in
            guard programHeaders.integer(at: start, as: UInt32.self) == 1,
                let place = programHeaders.integer(at: start + 16, as: UInt64.self),
                let size = programHeaders.integer(at: start + 40, as: UInt64.self)
            else { return false }
            return address &- base &- place < size
        }
    }

    /// The file, if it is still the one that was mapped: a library may have been replaced since. Two builds that have the
    /// same program headers, sizes to the byte, are the same.
    var file: ELFFile<FileBytes>? {
        guard let bytes = FileBytes(path: path), let file = ELFFile(bytes),
            file.programHeaders.size == UInt64(programHeaders.count),
            bytes.bytes(at: file.programHeaders.offset, count: programHeaders.count) == programHeaders
        else { return nil }
        return file
    }
}
