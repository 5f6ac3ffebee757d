import ChildProcesses
import Glibc
import NIOConcurrencyHelpers

/// A node of our own, the files that belong to it, and the proxies between it and its store.
final class Node: Sendable {
    let index: Int
    let proxies: [StoreProxy]
    private let reservation: PortReservation
    private let program: String
    private let settings: [String]
    private let store: String
    private let directory: String
    private let process = NIOLockedValueBox<ChildProcess?>(nil)

    /// Where clients connect, on 127.0.0.1.
    var port: Int { reservation.port }

    /// The journal stays when the node ends; the log goes on.
    var log: String { "\(directory)/node-\(index).log" }

    init(
        index: Int, proxies: [StoreProxy], store: String, directory: String, options: TortureOptions
    ) throws(TortureError) {
        self.index = index
        reservation = try PortReservation()
        self.proxies = proxies
        self.store = store
        self.directory = directory
        program = options.program
        // Small segments that are soon used up, and sequences that soon leave memory: the store is asked all the time.
        let ours = ["runway=1s", "segment.min=100", "sequences.idle=2s"]
        let keys = options.settings.map { $0.prefix { $0 != "=" } }
        settings = options.settings + ours.filter { setting in !keys.contains { setting.hasPrefix("\($0)=") } }
    }

    /// Starts it. It does not answer at once.
    func start() throws(TortureError) {
        var arguments = ["serve", "--redis", "127.0.0.1:\(port)", "--http", "off"]
        arguments += ["--set", "journal.path=\(directory)/node-\(index).floors", "--set", "fallback=off"]
        for setting in settings { arguments += ["--set", setting] }
        // Not on the command line, where everybody on the machine could read a password.
        do {
            let started = try ChildProcess(
                program, arguments, environment: ["ORDINAL_STORE": store], log: log, inOwnGroup: true)
            process.withLockedValue { $0 = started }
        } catch { throw TortureError(error.description) }
    }

    func signal(_ number: Int32) { process.withLockedValue(\.self)?.signal(number) }

    /// How it ended; nil if it runs or was never started.
    var end: ChildProcess.End? { process.withLockedValue(\.self)?.end }

    func waitForEnd(atMost limit: Duration) async -> ChildProcess.End? {
        await process.withLockedValue(\.self)?.wait(atMost: limit)
    }

    /// The last lines that it wrote.
    func lastWords() -> String {
        let descriptor = open(log, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let length = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, length - 500), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 500)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: "\n").suffix(2)
            .joined(separator: "; ")
    }

    /// How often the log has these words, whose first letter must not come in them again.
    func timesInLog(_ words: String) -> Int {
        let descriptor = open(log, O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let words = Array(words.utf8)
        var (times, matched): (Int, Int) = (0, 0)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &bytes, bytes.count), count > 0 {
            for byte in bytes.prefix(count) {
                // With such words no byte has to be looked at twice.
                matched = byte == words[matched] ? matched + 1 : byte == words[0] ? 1 : 0
                if matched == words.count { (times, matched) = (times + 1, 0) }
            }
        }
        return times
    }
}
