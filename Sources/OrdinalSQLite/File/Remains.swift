import SystemSupport

/// What is found where a database was: whether file and log belong together, and whether all that was confirmed is in them.
struct Remains: Equatable {
    /// The log is not of what the file holds. Replayed into it, it would destroy it.
    let hasForeignLog: Bool
    /// The file is an earlier copy, or its log is gone, and what was confirmed with it.
    let isOlder: Bool

    /// - Parameters:
    ///   - note: What the last process left behind; nil if nobody did.
    ///   - file: The file that is there now, and what it says of itself without a log.
    ///   - log: The log beside it; nil if there is none.
    init(after note: DatabaseNote?, file: FileIdentity, marks: FileMarks, log: FileIdentity?) {
        let isNoted =
            note.map {
                "\(file)" == $0.file && marks.edition == $0.marks.edition && marks.generation >= $0.marks.generation
            }
            ?? true
        let isOlderCopy =
            note.map { marks.edition == $0.marks.edition && marks.generation < $0.marks.generation } ?? false
        guard let log else {
            hasForeignLog = false
            isOlder = isOlderCopy || !marks.isClosed
            return
        }
        if let note, "\(log)" == note.log {
            // Also of a file that says it is closed: it was being closed.
            hasForeignLog = !isNoted
        } else if marks.isClosed {
            hasForeignLog = true
        } else {
            // One that nobody noted was made, or put there, together with the file. At the noted generation nobody made one.
            hasForeignLog = isNoted && marks.generation == note?.marks.generation
        }
        isOlder = isOlderCopy || hasForeignLog && !marks.isClosed
    }

    /// Looks at the files at `path`. Nil if there is no file there or it says nothing of itself: opening it will say why.
    init?(at path: String, after note: DatabaseNote?) throws(SystemError) {
        guard let file = try FileIdentity.of(path), let marks = FileMarks.ofFile(at: path) else { return nil }
        self.init(after: note, file: file, marks: marks, log: try FileIdentity.of(path + "-wal"))
    }
}
