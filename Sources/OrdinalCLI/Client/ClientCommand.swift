import ArgumentParser
import RESPClient

/// A command that asks a running server something and shows the answer.
protocol ClientCommand: AsyncParsableCommand {
    var client: ClientOptions { get }

    /// Asks the server.
    func report(from server: Server) async throws(Failure) -> Report
}

extension ClientCommand {
    mutating func run() async throws {
        let (address, options) = (try client.address, try client.connection)
        let connection: RESPConnection
        do throws(RESPClientError) {
            connection = try await RESPConnection.connect(to: address, options: options)
        } catch {
            throw Failure(connectingTo: address, options, error)
        }
        let report = try await report(from: Server(connection))
        report.show(asJSON: client.json)
        await connection.close()
    }
}

/// The name of a sequence on the command line.
struct NameArgument: ParsableArguments {
    @Argument(help: "The name of the sequence.")
    var name: String
}
