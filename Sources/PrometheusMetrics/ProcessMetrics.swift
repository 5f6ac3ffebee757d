import Glibc

/// The figures of this process that all clients of Prometheus have, `process_…`, from `/proc/self`.
///
/// ```swift
/// let process = ProcessMetrics()
/// registry.collect { process.write(to: &$0) }
/// ```
///
/// What cannot be read, in a chroot without `/proc` for example, is not written.
public struct ProcessMetrics: Sendable {
    private let ticksPerSecond: Double
    private let pageSize: Int64
    /// Kept, because the time of boot moves whenever somebody sets the clock.
    private let startTime: Double?

    /// Reads when the process started.
    public init() {
        let ticks = Double(max(1, sysconf(CInt(_SC_CLK_TCK))))
        ticksPerSecond = ticks
        pageSize = Int64(sysconf(CInt(_SC_PAGESIZE)))
        startTime = Self.startTime(ticksPerSecond: ticks)
    }

    /// Reads the figures and writes them.
    public func write(to writer: inout ExpositionWriter) {
        if let stat = ProcessStat.current() {
            writer.counter(
                "process_cpu_seconds_total", Double(stat.cpuTicks) / ticksPerSecond,
                help: "Time that the processors worked for this process, in seconds.")
            writer.gauge(
                "process_resident_memory_bytes", stat.residentPages &* pageSize, help: "Memory in use, in bytes.")
            writer.gauge(
                "process_virtual_memory_bytes", stat.virtualBytes, help: "Address space in use, in bytes.")
            writer.gauge("process_threads", stat.threads, help: "Threads of this process.")
        }
        if let startTime {
            writer.gauge(
                "process_start_time_seconds", startTime, help: "When this process started, in seconds since 1970.")
        }
        if let files = Self.openFiles() {
            writer.gauge("process_open_fds", files, help: "Open file descriptors.")
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            let unlimited = limit.rlim_cur == rlim_t.max
            writer.gauge(
                "process_max_fds", unlimited ? .infinity : Double(limit.rlim_cur),
                help: "The most file descriptors that may be open.")
        }
    }

    private static func openFiles() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
        }
        // The directory itself was open while we counted.
        return max(0, count - 1)
    }

    private static func startTime(ticksPerSecond: Double) -> Double? {
        guard let stat = ProcessStat.current(), let text = ProcFile.read("/proc/stat") else { return nil }
        let prefix = "btime "
        guard let line = text.split(separator: "\n").first(where: { $0.utf8.starts(with: prefix.utf8) }),
            let boot = Int64(line.dropFirst(prefix.count))
        else { return nil }
        return Double(boot) + Double(stat.startTicks) / ticksPerSecond
    }
}
