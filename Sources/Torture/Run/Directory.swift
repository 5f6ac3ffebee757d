import Glibc

/// The directory of a run: logs and journals.
struct Directory: Sendable {
    let path: String
    /// Whether it was made for the run, and goes with it.
    let isOurs: Bool

    /// - Parameter path: An existing or new directory; nil: one is made under `/tmp`.
    init(_ path: String?) throws(TortureError) {
        if let path {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw TortureError("cannot make the directory \(path): \(String(cString: strerror(errno)))")
            }
            (self.path, isOurs) = (path, false)
            return
        }
        var template = Array("/tmp/ordinal-torture-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TortureError("cannot make a directory under /tmp: \(String(cString: strerror(errno)))")
        }
        self.path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        isOurs = true
    }

    /// Removes it with the files in it.
    func remove() {
        guard let stream = opendir(path) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(stream)
        rmdir(path)
    }
}
