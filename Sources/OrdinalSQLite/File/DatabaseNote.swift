/// What a process leaves behind, in the lock file, of the database that it has open or had.
struct DatabaseNote {
    let file: String
    let log: String
    let marks: FileMarks

    init(file: FileIdentity, log: FileIdentity, marks: FileMarks) {
        (self.file, self.log, self.marks) = ("\(file)", "\(log)", marks)
    }

    /// The note that the lines of a lock file hold, if they do.
    init?(_ lines: [String]) {
        guard lines.count == 4, let generation = Int64(lines[3]) else { return nil }
        (file, log, marks) = (lines[0], lines[1], FileMarks(edition: lines[2], generation: generation))
    }

    var lines: [String] { [file, log, marks.edition, "\(marks.generation)"] }
}
