import Glibc
import Ordinal
import OrdinalSQLite

/// The engine and a store inside a program, without any server: `InProcess [DATABASE] [COUNT]`.
///
/// Run it twice: the second run goes on exactly where the first one stopped.
@main
struct InProcess {
    static func main() async {
        do { try await run() } catch {
            // Thrown out of `main` it would look like a crash; it is a database that another process has.
            print(error)
            exit(EXIT_FAILURE)
        }
    }

    private static func run() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let path = arguments.first ?? "in-process.db"
        let count = arguments.dropFirst().first.flatMap { UInt16($0) } ?? 10

        // The store says how far numbers may go. It is locked: a second process cannot open it.
        let store = try SQLiteStore.open(path: path)
        // The journal remembers on its own how far they went. It has a file of its own, so that numbers do not repeat even
        // if somebody restores an old copy of the database. Leave it out of the backup of the database.
        let journal = try SQLiteJournal.open(path: path + ".floors")
        try await use(Sequencer(store: store, journal: journal, report: tell), count: count)
        // Last, when the sequencer needs them no more.
        await store.close()
        await journal.close()
    }

    private static func use(_ sequencer: Sequencer, count: UInt16) async throws {
        try await withThrowingTaskGroup(of: Void.self) { background in
            // Hears of changes that others make in the store, and lets idle sequences leave memory. A program that ends
            // as soon as this one could do without.
            background.addTask { await sequencer.run() }

            let numbers = try await takeNumbers(from: sequencer, tasks: 4, each: count)
            print("\(numbers.count) numbers, \(numbers.min() ?? 0) to \(numbers.max() ?? 0)")

            // The store has reserved a thousand numbers for this program. Those left over go back, so that the next run
            // begins with them. A program that is killed before this leaves them out for ever: a gap, never a repetition.
            let isAllBack = await sequencer.shutDown(within: .seconds(5))
            print(isAllBack ? "every other number was given back" : "the store took too long: there is a gap")
            background.cancelAll()
        }
    }

    /// Any number of tasks may ask at the same time, and nobody gets what another one has.
    private static func takeNumbers(from sequencer: Sequencer, tasks: Int, each count: UInt16) async throws -> [Int64] {
        let invoices = try SequenceName("invoices")
        return try await withThrowingTaskGroup(of: [Int64].self) { group in
            for task in 1...tasks {
                group.addTask {
                    // Each task has a handle of its own; the order is one for all of them.
                    var invoices = sequencer.handle(invoices, creates: true)
                    var numbers: [Int64] = []
                    for _ in 0..<count { numbers.append(try await invoices.next()) }
                    print("task \(task): \(numbers.map { "\($0)" }.joined(separator: " "))")
                    return numbers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// What the engine has to tell. It is called where numbers are waited for, so it must not take long.
    private static func tell(_ event: SequencerEvent) {
        switch event {
        case .refilled(let name, let count, _): print("\(name): \(count) numbers reserved")
        case .gap(let name, let reason, let count): print("\(name): \(count) numbers left out: \(reason)")
        case .failed(let name, let error): print("\(name): \(error)")
        default: break
        }
    }
}
