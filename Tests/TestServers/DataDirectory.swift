import ChildProcesses
import Foundation
import TestSupport

/// The data directory of a MariaDB server that never ran. To make one takes seconds, so that one is made and then copied.
struct DataDirectory {
    private let directory: TemporaryDirectory

    /// The one that all servers begin with.
    static let template = Task { try await DataDirectory() }

    private init() async throws {
        directory = try TemporaryDirectory()
        Leftovers.add(directory)
        let users = directory.file("users.sql")
        // While it installs, a server knows no users before it is told to.
        try """
        FLUSH PRIVILEGES;
        CREATE USER \(MariaDBServer.user)@'%' IDENTIFIED BY '\(MariaDBServer.password)';
        GRANT ALL ON `t\\_%`.* TO \(MariaDBServer.user)@'%';
        """.write(toFile: users, atomically: true, encoding: .utf8)
        try await ChildProcess.run(
            "mariadb-install-db",
            [
                "--no-defaults", "--auth-root-authentication-method=normal", "--datadir=\(directory.file("data"))",
                "--skip-test-db", "--user=root", "--innodb-log-file-size=8M", "--extra-file=\(users)",
            ], log: directory.file("log"))
    }

    func copy(to path: String) async throws {
        // Sparse files and shared blocks, where the file system knows them.
        try await ChildProcess.run(
            "cp", ["-a", "--reflink=auto", directory.file("data"), path], log: directory.file("log"))
    }
}
