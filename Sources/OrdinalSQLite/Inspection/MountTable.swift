/// Where file systems are mounted, and how: what `/proc/self/mountinfo` says.
struct MountTable: Hashable, Sendable {
    /// One file system at one place.
    struct Mount: Hashable, Sendable {
        /// Where it is mounted.
        let path: String
        /// What it is called, such as `ext4`.
        let type: String
        /// How it is mounted: the options of this place and those of the file system.
        let options: Set<String>

        /// Whether it does not tell the disk to keep what it confirms.
        var hasNoBarriers: Bool { !options.isDisjoint(with: ["nobarrier", "barrier=0", "barrier=none"]) }
    }

    private let mounts: [Mount]

    /// Reads the text of the kernel's table. Lines that are something else are left out.
    init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            // 36 35 98:0 /root /place rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard let separator = words.firstIndex(of: "-"), separator >= 6, words.count > separator + 3 else {
                return nil
            }
            let options = words[5].split(separator: ",") + words[separator + 3].split(separator: ",")
            return Mount(
                path: Self.unescaped(words[4]), type: String(words[separator + 1]),
                options: Set(options.map(String.init)))
        }
    }

    /// The mount that holds an absolute path without symbolic links: the last one of those that fit best.
    func mount(of path: String) -> Mount? {
        var best: Mount?
        for mount in mounts where Self.holds(mount.path, path) && mount.path.utf8.count >= best?.path.utf8.count ?? 0 {
            best = mount
        }
        return best
    }

    private static func holds(_ directory: String, _ path: String) -> Bool {
        directory == "/" || path == directory || path.hasPrefix(directory + "/")
    }

    /// Blanks and the like are written as a backslash and three octal digits.
    private static func unescaped(_ word: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let text = String(validating: rest.prefix(3), as: UTF8.self), let value = UInt8(text, radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
