import Testing

@testable import OrdinalSQLite

/// What is concluded from file, log and note, in every combination that matters.
@Suite struct RemainsTests {
    private static let (file, other) = (identity(1), identity(2))
    private static let (log, otherLog) = (identity(3), identity(4))

    private static func identity(_ inode: UInt64) -> FileIdentity {
        FileIdentity(
            KernelCalls.Status(
                device: 0, inode: inode, birth: (0, 0), modified: (0, 0), size: 0, owner: 0, mode: 0))
    }

    private static func note(_ generation: Int64, edition: String = "A") -> DatabaseNote {
        DatabaseNote(file: file, log: log, marks: FileMarks(edition: edition, generation: generation))
    }

    struct Scene: Sendable, CustomStringConvertible {
        let description: String
        /// Nil: nobody left one.
        var noted: Int64? = 7
        var file = RemainsTests.file
        var edition = "A"
        let generation: Int64
        var log: FileIdentity? = RemainsTests.log
        var hasForeignLog = false
        var isOlder = false
    }

    static let scenes = [
        Scene(description: "killed", generation: 7),
        Scene(description: "killed right after the log was emptied", generation: 9),
        Scene(description: "killed, log gone", generation: 7, log: nil, isOlder: true),
        Scene(description: "killed, log changed", generation: 7, log: otherLog, hasForeignLog: true, isOlder: true),
        Scene(description: "killed before its note", noted: 8, generation: 11, log: otherLog),
        Scene(description: "killed, lock file gone", noted: nil, generation: 7),
        Scene(description: "killed, lock file and log gone", noted: nil, generation: 7, log: nil, isOlder: true),
        Scene(description: "killed while it was being closed", generation: 8),
        Scene(description: "closed", noted: 8, generation: 8, log: nil),
        Scene(description: "closed, killed before its note", generation: 8, log: nil),
        Scene(description: "closed, another's log", noted: 8, generation: 8, log: otherLog, hasForeignLog: true),
        Scene(description: "closed, another's log, no note", noted: nil, generation: 8, hasForeignLog: true),
        Scene(description: "an older copy, closed", generation: 4, hasForeignLog: true, isOlder: true),
        Scene(description: "an older copy, in use", generation: 5, hasForeignLog: true, isOlder: true),
        Scene(description: "an older copy, the store closed", noted: 8, generation: 7, log: nil, isOlder: true),
        Scene(description: "an older copy moved there", file: other, generation: 4, hasForeignLog: true, isOlder: true),
        Scene(description: "a backup over the file", edition: "B", generation: 10, hasForeignLog: true),
        Scene(description: "another database with its log", file: other, edition: "B", generation: 3, log: otherLog),
        Scene(
            description: "another database with our log", file: other, edition: "B", generation: 3, hasForeignLog: true,
            isOlder: true),
    ]

    @Test(arguments: scenes)
    func isTold(scene: Scene) {
        let remains = Remains(
            after: scene.noted.map { Self.note($0) }, file: scene.file,
            marks: FileMarks(edition: scene.edition, generation: scene.generation), log: scene.log)
        #expect(remains.hasForeignLog == scene.hasForeignLog)
        #expect(remains.isOlder == scene.isOlder)
    }
}
