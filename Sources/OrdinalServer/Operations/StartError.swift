import Glibc
import NIOCore
import NIOPosix

/// Why a server could not start, in one line that says what to do.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

extension StartError {
    /// That an address cannot be listened on.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - clients: Who would connect there.
    ///   - option: What chooses another address on the command line.
    ///   - error: What the system said.
    init(listeningOn address: ListenAddress, for clients: String, _ option: String, _ error: any Error) {
        let other = "with \(option) HOST:PORT"
        let reason =
            switch error {
            case let error as IOError: Self.reason(error.errnoCode, other)
            case is SocketAddressError.UnknownHost: "no such host: write an address of this machine \(other)"
            default: "\(error): choose another address \(other)"
            }
        self.init("cannot listen on \(address) for \(clients): \(reason)")
    }

    private static func reason(_ code: CInt, _ other: String) -> String {
        switch code {
        case EADDRINUSE: "another program listens there: end it, or choose another address \(other)"
        case EADDRNOTAVAIL: "this machine has no such address: choose one of its own \(other)"
        case EACCES: "ports below 1024 are for root: choose another \(other)"
        default: String(cString: strerror(code))
        }
    }
}
