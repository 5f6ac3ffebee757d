/// Who has which file locked: what `/proc/locks` says. It is asked because trying a lock would keep a server out that is
/// just starting.
struct LockTable: Hashable, Sendable {
    private let holders: [UInt64: Int32]

    /// Reads the text of the kernel's table. Lines that are something else are left out.
    init(_ text: String) {
        var holders: [UInt64: Int32] = [:]
        for line in text.split(separator: "\n") {
            // 2: FLOCK  ADVISORY  WRITE 4242 fe:00:16236776 0 EOF
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", words[3] == "WRITE", let process = Int32(words[4]),
                let inode = words[5].split(separator: ":").last.flatMap({ UInt64($0) })
            else { continue }
            holders[inode] = process
        }
        self.holders = holders
    }

    /// The process that has the whole file locked for itself.
    ///
    /// The number of the device is left out: some file systems tell another one here than elsewhere. A server in another
    /// container is not seen.
    func holder(ofInode inode: UInt64) -> Int32? { holders[inode] }
}
