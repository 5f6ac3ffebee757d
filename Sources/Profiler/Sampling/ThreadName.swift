/// What threads call themselves.
enum ThreadName {
    /// The name of a thread of this process, or nil if it has ended.
    static func read(_ thread: UInt32) -> String? {
        guard let file = FileBytes(path: "/proc/self/task/\(thread)/comm") else { return nil }
        let name = file.bytes(at: 0, count: 64).prefix { $0 != UInt8(ascii: "\n") }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    /// What to call a thread whose name is gone.
    static func ended(_ thread: UInt32) -> String { "thread \(thread) (ended)" }
}
