import ArgumentParser
import Glibc
import OrdinalServer
import RESP
import RESPClient

/// Which server a command talks to, and how its result is shown.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server. (default: $ORDINAL_SERVER, else 127.0.0.1:6389)")
    var server: String?

    @Option(help: "The role to log in as: use or admin. The password is in $ORDINAL_PASSWORD or --password-file.")
    var user: String?

    @Option(help: ArgumentHelp("A file whose first line is the password.", valueName: "file"))
    var passwordFile: String?

    @OptionGroup var tls: TLSOptions

    @Flag(help: "Answer with one JSON document.")
    var json = false

    /// Where the server is.
    var address: RESPAddress {
        get throws(Failure) {
            let text = server ?? Self.variable("ORDINAL_SERVER") ?? "127.0.0.1:6389"
            guard let address = ListenAddress(text), address.port > 0 else {
                throw Failure("\(text) is no server: write HOST:PORT, such as 127.0.0.1:6389", code: .usage)
            }
            return .host(address.host, port: address.port)
        }
    }

    /// How to connect.
    var connection: RESPConnectionOptions {
        get throws(Failure) {
            // The server itself answers within its `wait`; this is for one that does not.
            var options = RESPConnectionOptions(user: user, version: .resp3, commandTimeout: .seconds(60))
            options.password = try password
            guard user == nil || options.password != nil else {
                throw Failure("--user needs a password: set ORDINAL_PASSWORD or give --password-file", code: .usage)
            }
            options.tls = try tls.context
            return options
        }
    }

    private var password: String? {
        get throws(Failure) {
            guard let passwordFile else { return Self.variable("ORDINAL_PASSWORD") }
            do throws(PasswordFile.ReadError) {
                return try PasswordFile(path: passwordFile).password
            } catch {
                throw Failure("\(passwordFile): \(error)")
            }
        }
    }

    /// An environment variable that is set to something.
    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}
