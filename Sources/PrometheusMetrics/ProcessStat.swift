import Glibc

/// What we use of `/proc/self/stat`.
struct ProcessStat: Equatable, Sendable {
    let cpuTicks: Int64
    let threads: Int64
    /// From boot to the start of the process.
    let startTicks: Int64
    let virtualBytes: Int64
    let residentPages: Int64

    static func current() -> ProcessStat? {
        ProcFile.read("/proc/self/stat").flatMap { ProcessStat(parsing: $0) }
    }

    /// - Parameter text: One line. Its second field, the name of the program in parentheses, may hold blanks and
    ///   parentheses itself, so fields are counted from the last one that closes.
    init?(parsing text: String) {
        guard let end = text.lastIndex(of: ")") else { return nil }
        // The first of these is the third in proc(5).
        let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
        func field(_ number: Int) -> Int64? {
            fields.count > number - 3 ? Int64(fields[number - 3]) : nil
        }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let virtual = field(23), let resident = field(24)
        else { return nil }
        cpuTicks = user &+ system
        self.threads = threads
        startTicks = start
        virtualBytes = virtual
        residentPages = resident
    }
}

/// A small file of the kernel.
enum ProcFile {
    /// The most that is read. `/proc/stat` has a line for each processor and one with a number for each interrupt.
    private static let maximumLength = 1 << 20

    static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        while bytes.count < maximumLength {
            let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
