import SystemSupport

extension MySQLLocation.Password {
    /// The password itself, nil if there is none. It blocks while it reads a file.
    func text() throws(MySQLFailure) -> String? {
        switch self {
        case .none: return nil
        case .text(let text): return text
        case .file(let path):
            do { return try SecretFile.read(path) } catch {
                throw MySQLFailure(error.description, isPermanent: true)
            }
        }
    }
}
