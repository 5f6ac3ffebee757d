import ChildProcesses
import Foundation
import TestSupport

/// A MariaDB server of a test's own, on loopback, ended when the test lets go of it.
///
/// `root` has no password and may do everything. Stores come as `ordinal`, whose password needs percent-encoding, with all
/// rights on the databases whose names begin with `t_` and no others.
package final class MariaDBServer: TestServer {
    package let program: ServerProgram
    package let port: Int

    package static let user = "ordinal"
    package static let password = "p@ss:word/1"
    /// User and password as a location has them.
    package static let login = "ordinal:p%40ss%3Aword%2F1"

    private init(_ options: [String], port: Int, in directory: TemporaryDirectory) {
        self.port = port
        program = ServerProgram(
            "mariadbd",
            [
                "--no-defaults", "--datadir=\(directory.file("data"))", "--socket=\(directory.file("socket"))",
                "--port=\(port)", "--bind-address=127.0.0.1", "--user=root", "--innodb-buffer-pool-size=16M",
                "--innodb-log-file-size=8M", "--skip-name-resolve", "--pid-file=\(directory.file("pid"))",
                "--performance-schema=OFF", "--max-connections=1000",
            ] + options, in: directory)
    }

    /// Makes a server that does not run yet.
    ///
    /// - Parameter options: Further options of `mariadbd`.
    package static func make(_ options: [String] = []) async throws -> MariaDBServer {
        let (template, directory) = (try await DataDirectory.template.value, try TemporaryDirectory())
        try await template.copy(to: directory.file("data"))
        return MariaDBServer(options, port: try freePort(), in: directory)
    }

    /// Makes a server, starts it and waits until it answers.
    package static func start(_ options: String...) async throws -> MariaDBServer {
        let server = try await make(options)
        try await server.start()
        return server
    }

    package func start() async throws {
        try await program.start {
            // Members of a cluster answer before they work.
            try await sql("SELECT COUNT(*) FROM global_priv")
            return true
        }
    }

    /// Where `root` comes in.
    package var socket: String { program.directory.file("socket") }

    /// Where a store finds a database.
    ///
    /// - Parameter timeout: The time limit of calls. It is short, so that tests are.
    package func url(_ database: String, timeout: String = "1s") -> String {
        "mysql://\(Self.login)@127.0.0.1:\(port)/\(database)?timeout=\(timeout)"
    }

    /// Makes a database that nobody else uses.
    package func makeDatabase() async throws -> String {
        let name = "t_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        try await sql("CREATE DATABASE \(name)")
        return name
    }

    /// Runs statements as `root` and answers the rows.
    @discardableResult
    package func sql(_ statements: String, in database: String = "mysql") async throws -> [[String]] {
        let files = try TemporaryDirectory()
        try await ChildProcess.run(
            "mariadb", rootLogin + ["-N", "-B", database, "-e", statements], output: files.file("rows"),
            log: files.file("log"))
        return try String(contentsOfFile: files.file("rows"), encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Writes a database to a file, which `source FILE` puts back.
    package func dump(_ database: String, to file: String) async throws {
        let options = ["--single-transaction", "--hex-blob", "--result-file=\(file)", database]
        try await ChildProcess.run("mariadb-dump", rootLogin + options, log: program.directory.file("dump.log"))
    }

    private var rootLogin: [String] { ["--no-defaults", "-uroot", "--socket=\(socket)"] }

    /// Takes all data from another server from now on; both need a `--server-id`, the other one a binary log.
    package func follow(_ primary: MariaDBServer) async throws {
        let position = try await primary.sql("SHOW MASTER STATUS")
        guard let row = position.first, row.count >= 2 else { throw Failure("no binary log: \(position)") }
        try await primary.sql("CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%'")
        try await sql(
            """
            CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=\(primary.port), MASTER_USER='repl',
            MASTER_PASSWORD='repl', MASTER_LOG_FILE='\(row[0])', MASTER_LOG_POS=\(row[1]), MASTER_CONNECT_RETRY=1;
            START SLAVE
            """)
    }

    /// The server that tests share which do nothing to it.
    package static var shared: MariaDBServer { get async throws { try await sharedServer.value } }
    private static let sharedServer = Task { try await MariaDBServer.start() }
}
