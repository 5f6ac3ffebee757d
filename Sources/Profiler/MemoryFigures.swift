import CProfiler
import Glibc

/// How much memory this process has and uses, in bytes.
package struct MemoryFigures: Hashable, Sendable {
    /// What glibc's `malloc` says of itself, all its arenas together. All zero if the program was given another one.
    package struct Heap: Hashable, Sendable {
        /// What `malloc` has from the kernel for allocations of usual size: ``inUse`` and ``free`` together.
        package let reserved: Int
        /// The part of ``reserved`` that is allocated, with what `malloc` needs for itself.
        package let inUse: Int
        /// The part of ``reserved`` that is not allocated. Much of it beside little in use is fragmentation.
        package let free: Int
        /// Large allocations, which have a mapping of their own beside ``reserved``.
        package let mapped: Int
    }

    /// What the kernel says of the process.
    package struct Process: Hashable, Sendable {
        /// The address space, most of which was never touched.
        package let virtual: Int
        /// What is in memory now, with the pages of files that others may share.
        package let resident: Int
        /// The part of ``resident`` that is pages of files (the program, its libraries) and shared memory.
        package let shared: Int
        /// The most that ``resident`` has been since the program started.
        package let peakResident: Int
    }

    package let heap: Heap

    /// Nothing where `/proc` cannot be read.
    package let process: Process?

    /// The figures of this moment.
    ///
    /// `malloc` holds each of its arenas while it counts what is free there: ask every few seconds, not at every request.
    package static var current: MemoryFigures {
        MemoryFigures(heap: Heap(cprofiler_heap()), process: Process.current)
    }
}

extension MemoryFigures.Heap {
    init(_ heap: cprofiler_heap) {
        self.init(
            reserved: Int(clamping: heap.reserved), inUse: Int(clamping: heap.in_use),
            free: Int(clamping: heap.free), mapped: Int(clamping: heap.mapped))
    }
}

extension MemoryFigures.Process {
    static var current: Self? {
        guard let pages = FileBytes(path: "/proc/self/statm"), let status = FileBytes(path: "/proc/self/status") else {
            return nil
        }
        return Self(
            statm: String(decoding: pages.bytes(at: 0, count: 256), as: UTF8.self),
            status: String(decoding: status.bytes(at: 0, count: 8192), as: UTF8.self),
            pageSize: sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Reads proc(5)'s `statm` (in pages: size, resident, shared, …) and the line `VmHWM: 1234 kB` of `status`.
    init?(statm: String, status: String, pageSize: Int) {
        let pages = statm.split(whereSeparator: \.isWhitespace).prefix(3).compactMap { Int($0) }
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard pages.count == 3, let peak, let kilobytes = Int(peak.filter(\.isNumber)) else { return nil }
        func bytes(_ count: Int, of unit: Int) -> Int? {
            let product = count.multipliedReportingOverflow(by: unit)
            return product.overflow ? nil : product.partialValue
        }
        guard let virtual = bytes(pages[0], of: pageSize), let resident = bytes(pages[1], of: pageSize),
            let shared = bytes(pages[2], of: pageSize), let peakResident = bytes(kilobytes, of: 1024)
        else { return nil }
        self.init(virtual: virtual, resident: resident, shared: shared, peakResident: peakResident)
    }
}
