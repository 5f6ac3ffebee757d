import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// A MariaDB server of a test's own, in a directory of its own, on loopback.
///
/// `root` has no password and comes through the socket; nodes come as `ordinal`, whose password needs percent-encoding.
final class MariaDBServer: StoreServer {
    let port: Int
    private let directory: String
    private let options: [String]
    private let process = NIOLockedValueBox<ChildProcess?>(nil)

    static let user = "ordinal"
    static let password = "p@ss:word/1"
    private static let encodedPassword = "p%40ss%3Aword%2F1"

    private init(port: Int, directory: String, options: [String]) {
        (self.port, self.directory, self.options) = (port, directory, options)
    }

    /// Makes a server that does not run yet.
    ///
    /// - Parameter options: Further options of `mariadbd`.
    static func make(_ options: [String] = []) async throws -> MariaDBServer {
        let template = try await Template.shared.value
        let directory = "\(template.root)/\(UUID().uuidString)"
        let copy = try await run("cp", ["-a", "--reflink=auto", template.path, directory])
        guard copy.status == 0 else { throw Failure("no data directory: \(copy.errors)") }
        return MariaDBServer(port: try freePort(), directory: directory, options: options)
    }

    /// Makes a server, starts it and waits until it answers.
    static func start(_ options: String...) async throws -> MariaDBServer {
        let server = try await make(options)
        try await server.start()
        return server
    }

    deinit { kill() }

    /// Starts the server, or starts it again on what it left.
    func start() async throws {
        let arguments = [
            "--no-defaults", "--datadir=\(directory)/data", "--socket=\(directory)/socket", "--port=\(port)",
            "--bind-address=127.0.0.1", "--user=root", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
            "--skip-name-resolve", "--pid-file=\(directory)/pid", "--performance-schema=OFF", "--max-connections=500",
        ]
        let started = try ChildProcess("mariadbd", arguments + options, log: "\(directory)/log")
        Leftovers.add(started)
        process.withLockedValue { $0 = started }
        try await eventually("mariadbd answers; see \(directory)/log", within: .seconds(60)) {
            try await self.client("SELECT 1", in: "mysql").status == 0
        }
    }

    /// Ends the server at once, as a power cut does, and waits for its end.
    func kill() { process.withLockedValue { $0 }?.kill() }

    func freeze() { process.withLockedValue { $0 }?.freeze() }
    func thaw() { process.withLockedValue { $0 }?.thaw() }

    /// Makes a database that nobody else uses.
    func makeDatabase() async throws -> String {
        let name = "t_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        try await sql("CREATE DATABASE \(name)")
        return name
    }

    /// Where a node finds a database. The time limit of calls is short, so that tests are.
    func url(_ database: String, timeout: String = "1s") -> String {
        "mysql://\(Self.user):\(Self.encodedPassword)@127.0.0.1:\(port)/\(database)?timeout=\(timeout)"
    }

    /// Runs statements as `root` and answers the rows.
    @discardableResult
    func sql(_ statements: String, in database: String = "mysql") async throws -> [[String]] {
        let result = try await client(statements, in: database)
        guard result.status == 0 else { throw Failure("\(statements): \(result.errors)") }
        return result.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private func client(_ statements: String, in database: String) async throws -> ToolResult {
        try await run("mariadb", login + ["-N", "-B", database, "-e", statements])
    }

    /// Writes a database to a file, which `source FILE` puts back.
    func dump(_ database: String, to file: String) async throws {
        let options = ["--single-transaction", "--hex-blob", "--result-file=\(file)", database]
        let result = try await run("mariadb-dump", login + options)
        guard result.status == 0 else { throw Failure("mariadb-dump: \(result.errors)") }
    }

    private var login: [String] { ["--no-defaults", "-uroot", "--socket=\(directory)/socket"] }

    /// Takes all data from another server from now on; both need a `--server-id`, the other one a binary log.
    func follow(_ primary: MariaDBServer) async throws {
        let position = try await primary.sql("SHOW MASTER STATUS")
        guard let row = position.first, row.count >= 2 else { throw Failure("no binary log: \(position)") }
        try await primary.sql(
            "CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%'")
        try await sql(
            """
            CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=\(primary.port), MASTER_USER='repl',
            MASTER_PASSWORD='repl', MASTER_LOG_FILE='\(row[0])', MASTER_LOG_POS=\(row[1]), MASTER_CONNECT_RETRY=1;
            START SLAVE
            """)
    }

    /// A server that tests share which do nothing to it.
    static var shared: MariaDBServer { get async throws { try await sharedServer.value } }
    private static let sharedServer = Task { try await MariaDBServer.start() }
}

/// A data directory from which those of all servers are copied: to make one takes seconds.
private struct Template {
    let root: String
    var path: String { "\(root)/template" }

    static let shared = Task {
        let template = Template(root: "\(NSTemporaryDirectory())/ordinal-mariadb-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: template.path, withIntermediateDirectories: true)
        Leftovers.add(template.root)
        let users = "\(template.root)/users.sql"
        // While it installs, a server knows no users before it is told to.
        try """
        FLUSH PRIVILEGES;
        CREATE USER \(MariaDBServer.user)@'%' IDENTIFIED BY '\(MariaDBServer.password)';
        GRANT ALL ON `t\\_%`.* TO \(MariaDBServer.user)@'%';
        """.write(toFile: users, atomically: true, encoding: .utf8)
        let result = try await run(
            "mariadb-install-db",
            [
                "--no-defaults", "--auth-root-authentication-method=normal", "--datadir=\(template.path)/data",
                "--skip-test-db", "--user=root", "--innodb-log-file-size=8M", "--extra-file=\(users)",
            ])
        guard result.status == 0 else { throw Failure("mariadb-install-db: \(result.output) \(result.errors)") }
        return template
    }
}
