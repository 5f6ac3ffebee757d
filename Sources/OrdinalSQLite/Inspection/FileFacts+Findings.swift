import Glibc
import Ordinal

extension FileFacts {
    /// With less room than this the next commits may not fit.
    private static let littleRoom: UInt64 = 64 << 20

    /// What the place and the rights of the file mean.
    ///
    /// - Parameter subject: What the file is called, such as "SQLite file".
    func findings(_ subject: String) -> [Finding] {
        [place(subject), barriers(subject), rights(subject), room(subject), flushing(subject), strangers(subject)]
            .compactMap(\.self)
    }

    private func place(_ subject: String) -> Finding {
        let subject = "\(subject): file system"
        let name = mount.map { "\($0.type), mounted at \($0.path)" } ?? "a file system that is not named"
        let seen = "\(path) on \(name)"
        switch fileSystem {
        case .ordinary:
            return Finding(.ok, subject, seen: seen, meaning: "it keeps what was flushed and what locks say")
        case .layered:
            return Finding(
                .danger, subject, seen: seen,
                meaning: "it goes with the container, and every sequence then begins again at its first number",
                remedy: "put the file on a volume", repeated: .unlimited)
        case .unsafe(let reason):
            return Finding(
                .danger, subject, seen: seen, meaning: "\(reason); a server refuses to start on it",
                remedy: "use a local disk", repeated: .unlimited)
        }
    }

    private func barriers(_ subject: String) -> Finding? {
        guard let mount, mount.hasNoBarriers else { return nil }
        return Finding(
            .danger, "\(subject): file system", seen: "mounted without write barriers",
            meaning: """
                a power cut loses what the disk's cache held: reservations that were confirmed, and the journal's \
                floors
                """,
            remedy: "mount \(mount.path) with barriers", repeated: .unlimited)
    }

    private func rights(_ subject: String) -> Finding {
        let subject = "\(subject): rights"
        guard let file else {
            return isWritable
                ? Finding(.ok, subject, seen: "no file yet", meaning: "\(Self.name(user)) may make it")
                : Finding(
                    .warning, subject, seen: "no file yet",
                    meaning: "\(Self.name(user)) may not make it: a server cannot start",
                    remedy: "make the directory writable, or run as the user who runs the server")
        }
        let seen = "it belongs to \(Self.name(file.owner)), mode \(String(file.mode & 0o777, radix: 8))"
        guard !isWritable else { return Finding(.ok, subject, seen: seen, meaning: "\(Self.name(user)) may write it") }
        return Finding(
            .warning, subject, seen: seen,
            meaning: "\(Self.name(user)) may not write it and its directory: a server of this user hands out nothing",
            remedy: "run this, and the server, as \(Self.name(file.owner)); see whether the disk is mounted read-only")
    }

    private func room(_ subject: String) -> Finding {
        let seen = "\(freeBytes >> 20) MiB free"
        guard freeBytes < Self.littleRoom else {
            return Finding(.ok, "\(subject): room", seen: seen, meaning: "commits fit")
        }
        return Finding(
            .warning, "\(subject): room", seen: seen,
            meaning: """
                when the disk is full no reservation is made: after one runway requests get errors; nothing repeats
                """,
            remedy: "make room")
    }

    private func flushing(_ subject: String) -> Finding {
        guard let flushFailure else {
            return Finding(
                .ok, "\(subject): flushing", seen: "fsync succeeds",
                meaning: "the disk takes what it is told to keep")
        }
        return Finding(
            .danger, "\(subject): flushing", seen: "fsync fails: \(flushFailure)",
            meaning: "nothing says what of the file is on the disk: what was confirmed may be gone after a power cut",
            remedy: "look at the disk and the kernel's log; move the file to another disk", repeated: .unlimited)
    }

    private func strangers(_ subject: String) -> Finding? {
        let isSticky = directory.mode & 0o1000 != 0
        let isOpen = (file?.mode ?? 0) & 0o002 != 0 || (directory.mode & 0o002 != 0 && !isSticky)
        guard isOpen else { return nil }
        return Finding(
            .danger, "\(subject): rights", seen: "every user of this machine may write the file or its directory",
            meaning: "any of them can set ceilings back", remedy: "chmod o-w the file and its directory",
            repeated: .unlimited)
    }

    private static func name(_ user: UInt32) -> String {
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "user \(user)" }
        return String(cString: name)
    }
}
