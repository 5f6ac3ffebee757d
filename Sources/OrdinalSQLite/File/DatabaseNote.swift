/// What a process leaves behind, in the lock file, of the database that it opened.
struct DatabaseNote {
    private let file: String
    let log: String
    private let marks: FileMarks

    init(of connection: DatabaseConnection) {
        (file, log, marks) = ("\(connection.file)", "\(connection.log)", connection.marks)
    }

    /// The note that the lines of a lock file hold, if they do.
    init?(_ lines: [String]) {
        guard lines.count == 4, let opened = Int64(lines[3]) else { return nil }
        (file, log, marks) = (lines[0], lines[1], FileMarks(edition: lines[2], opened: opened))
    }

    var lines: [String] { [file, log, marks.edition, "\(marks.opened)"] }

    /// Whether the file at `path` is another one, or has another one's contents.
    func isOfAnother(fileAt path: String) -> Bool {
        guard let contents = contents(ofFileAt: path) else { return isMoved(path) }
        return contents.edition != marks.edition || contents.opened < marks.opened
    }

    /// Whether an earlier copy of the same database was put into the file at `path`.
    func isAhead(ofFileAt path: String) -> Bool {
        guard let contents = contents(ofFileAt: path) else { return false }
        return contents.edition == marks.edition && contents.opened < marks.opened
    }

    /// What the file says of itself, if it is the one that was noted and can be read.
    private func contents(ofFileAt path: String) -> FileMarks? { isMoved(path) ? nil : FileMarks.ofFile(at: path) }

    private func isMoved(_ path: String) -> Bool {
        // A file that cannot be looked at is left alone: opening the database will say what is wrong.
        do { return try FileIdentity.of(path).map { "\($0)" != file } ?? false } catch { return false }
    }
}
