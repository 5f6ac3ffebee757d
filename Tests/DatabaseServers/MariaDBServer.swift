package import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
package import OrdinalMySQL
import TestSupport

/// A MariaDB server of a test's own, in a directory of its own, on loopback.
///
/// `root` has no password and may do everything. `ordinal` has the password `secret` and all rights on the databases whose
/// names begin with `t_`, and no others.
package final class MariaDBServer: Sendable {
    package let directory: String
    package let port: Int
    private let options: [String]
    private let process: NIOLockedValueBox<ChildProcess?>

    package var socket: String { "\(directory)/socket" }
    package var log: String { "\(directory)/log" }

    /// Starts a server and waits until it answers.
    ///
    /// - Parameter options: Further options of `mariadbd`. `DIRECTORY` stands for the directory of the server.
    package init(_ options: String...) async throws {
        directory = "\(try await Template.shared.value.root)/\(UUID().uuidString)"
        port = try freePort()
        self.options = options
        process = NIOLockedValueBox(nil)
        // Sparse files and shared blocks, where the file system knows them.
        try await ChildProcess.run(
            "cp", ["-a", "--reflink=auto", try await Template.shared.value.path, directory],
            log: try await Template.shared.value.log)
        try await start()
        try await run(
            "CREATE USER IF NOT EXISTS ordinal@'%' IDENTIFIED BY 'secret'", "GRANT ALL ON `t\\_%`.* TO ordinal@'%'")
    }

    deinit {
        kill()
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("left behind: \(directory)") }
    }

    /// Starts the server again on what it left.
    package func start() async throws {
        var arguments = [
            "--no-defaults", "--datadir=\(directory)/data", "--socket=\(socket)", "--port=\(port)",
            "--bind-address=127.0.0.1", "--user=root", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
            "--skip-name-resolve", "--pid-file=\(directory)/pid", "--performance-schema=OFF", "--max-connections=1000",
        ]
        arguments += options.map { $0.replacingOccurrences(of: "DIRECTORY", with: directory) }
        let started = try ChildProcess("mariadbd", arguments, log: log)
        Leftovers.add(started)
        process.withLockedValue { $0 = started }
        try await eventually("mariadbd answers") {
            do {
                // Members of a cluster answer before they work.
                try await run("SELECT COUNT(*) FROM global_priv")
                return true
            } catch { return false }
        }
    }

    /// Ends the server at once, as a power cut does, and waits for its end.
    package func kill() {
        process.withLockedValue { $0 }?.kill()
    }

    /// Stops it as it is, or lets it go on.
    package func freeze() { process.withLockedValue { $0?.freeze() } }
    package func thaw() { process.withLockedValue { $0?.thaw() } }

    /// Makes a database that nobody else uses.
    package func makeDatabase() async throws -> String {
        let name = "t_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        try await run("CREATE DATABASE \(name)")
        return name
    }

    /// Makes a database that has the tables of a store, so that a test which is about short limits need not make them.
    package func makeStore() async throws -> String {
        let database = try await makeDatabase()
        let store = MySQLStore(try location(database, "timeout=30s"))
        try await store.prepare()
        await store.close()
        return database
    }

    /// Where a store finds one of the databases.
    package func location(
        _ database: String, port: Int? = nil, user: String = "ordinal", password: String = "secret",
        _ parameters: String = ""
    ) throws -> MySQLLocation {
        try MySQLLocation("mysql://\(user):\(password)@127.0.0.1:\(port ?? self.port)/\(database)?\(parameters)")
    }

    /// Runs statements as `root` and answers the rows of the last one.
    @discardableResult
    package func run(_ statements: String..., in database: String = "mysql") async throws -> [MySQLRow] {
        let location = try MySQLLocation("mysql://root@/\(database)?socket=\(socket)&timeout=20s")
        return try await onThread {
            let connection = try MySQLConnection(to: location)
            return try statements.map { try connection.rows($0) }.last ?? []
        }
    }

    /// The server that tests share which do nothing to it.
    package static var shared: MariaDBServer { get async throws { try await sharedServer.value } }
    private static let sharedServer = Task { try await MariaDBServer() }
}

/// A data directory from which those of all servers are copied.
private struct Template {
    let root: String
    let path: String
    let log: String

    static let shared = Task {
        let root = "\(NSTemporaryDirectory())/ordinal-mariadb-\(UUID().uuidString)"
        let template = Template(root: root, path: "\(root)/template", log: "\(root)/log")
        try FileManager.default.createDirectory(atPath: template.path, withIntermediateDirectories: true)
        Leftovers.add(root)
        try await ChildProcess.run(
            "mariadb-install-db",
            [
                "--no-defaults", "--auth-root-authentication-method=normal", "--datadir=\(template.path)/data",
                "--skip-test-db", "--user=root", "--innodb-log-file-size=8M",
            ], log: template.log)
        return template
    }
}

/// What is ended and removed when the tests end, however they end short of a signal.
package enum Leftovers {
    private static let directories = NIOLockedValueBox<[String]>([])
    private static let processes = NIOLockedValueBox<[ChildProcess]>([])
    private static let registration: Void = {
        atexit {
            for process in Leftovers.processes.withLockedValue(\.self) { process.kill() }
            for directory in Leftovers.directories.withLockedValue(\.self) {
                try? FileManager.default.removeItem(atPath: directory)
            }
        }
    }()

    package static func add(_ directory: String) {
        _ = registration
        directories.withLockedValue { $0.append(directory) }
    }

    package static func add(_ process: ChildProcess) {
        _ = registration
        processes.withLockedValue { $0.append(process) }
    }
}
