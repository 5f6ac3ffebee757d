import NIOConcurrencyHelpers
import NIOCore
import RESP
import SystemSupport

/// Finds the server that a location means, connects to it and looks whether it is what it should be.
struct ServerFinder: Sendable {
    private let location: RESPServerLocation
    private let role: RESPClient.Role
    private let group: any EventLoopGroup
    private let inspection: RESPClient.Inspection
    private let options: RESPConnectionOptions
    private let sentinelOptions: RESPConnectionOptions
    /// The sentinels, the one that answered last in front.
    private let sentinels: NIOLockedValueBox<[RESPAddress]>

    init(
        _ location: RESPServerLocation, role: RESPClient.Role, group: any EventLoopGroup, maxCommands: Int,
        inspection: @escaping RESPClient.Inspection
    ) throws(RESPClientError) {
        self.location = location
        self.role = role
        self.group = group
        self.inspection = inspection
        var options = RESPConnectionOptions(maxCommandsInFlight: maxCommands)
        if let files = location.tls {
            options.tls = try RESPTLSContext(
                certificateAuthority: files.certificateAuthority, clientCertificate: files.certificate,
                clientPrivateKey: files.privateKey)
        }
        sentinelOptions = try options.with(password: Self.password(in: location.sentinelPasswordFile))
        options.user = location.user
        self.options = try options.with(password: Self.password(in: location.passwordFile) ?? location.password)
        sentinels =
            switch location.servers {
            case .server: NIOLockedValueBox([])
            case .sentinels(let addresses, _): NIOLockedValueBox(addresses)
            }
    }

    private static func password(in file: String?) throws(RESPClientError) -> String? {
        guard let file else { return nil }
        do { return try SecretFile.read(file) } catch { throw RESPClientError(.refused, error.description) }
    }

    /// Connects, within half of the location's time limit.
    func connect() async throws(RESPClientError) -> RESPConnection {
        let deadline = ContinuousClock.now + location.timeout / 2
        switch location.servers {
        case .server(let address): return try await connect(to: address, before: deadline)
        case .sentinels(_, let master): return try await connect(toMaster: master, before: deadline)
        }
    }

    // MARK: One server

    private func connect(
        to address: RESPAddress, before deadline: ContinuousClock.Instant
    ) async throws(RESPClientError) -> RESPConnection {
        let connection = try await RESPConnection.connect(
            to: address, options: options.within(third(before: deadline)), on: group)
        do throws(RESPClientError) {
            let step = third(before: deadline)
            if location.database != 0 {
                let select = try await connection.send(["SELECT", "\(location.database)"], within: step)
                if case .error(let error) = select {
                    throw RESPClientError(.refused, "\(address) refused database \(location.database): \(error)")
                }
            }
            if role == .master { try Self.check(try await connection.send(["ROLE"], within: step), of: address) }
            try await inspection(connection)
            return connection
        } catch {
            await connection.close()
            throw RESPClientError(error.code, error.message)
        }
    }

    /// Refuses a server that is not a master, by its answer to ROLE.
    private static func check(_ role: RESPValue, of address: RESPAddress) throws(RESPClientError) {
        if case .error(let error) = role {
            throw RESPClientError(.refused, "\(address) does not say whether it is a master: \(error)")
        }
        guard case .array(let parts) = role, let name = parts.first?.asText else {
            throw RESPClientError(.refused, "\(address) does not say whether it is a master")
        }
        switch name {
        case "master": return
        case "slave":
            var master = "its master"
            if parts.count > 2, let host = parts[1].asText, let port = parts[2].asInteger { master = "\(host):\(port)" }
            throw RESPClientError(
                .refused, "\(address) is a replica: give the address of \(master), or of its Sentinels")
        case "sentinel":
            throw RESPClientError(
                .refused, "\(address) is a Sentinel: write redis+sentinel://\(address)/master-name")
        default: throw RESPClientError(.refused, "\(address) is no master but \(name)")
        }
    }

    // MARK: Sentinels

    /// Asks one sentinel after the other, until one names a server that is a master.
    private func connect(
        toMaster master: String, before deadline: ContinuousClock.Instant
    ) async throws(RESPClientError) -> RESPConnection {
        var problems: [String] = []
        for sentinel in sentinels.withLockedValue(\.self) {
            let now = ContinuousClock.now
            guard now < deadline else { break }
            do throws(RESPClientError) {
                // Half of what is left: one that hangs leaves time for the others.
                let address = try await ask(sentinel, for: master, before: now + now.duration(to: deadline) / 2)
                return try await connect(to: address, before: deadline)
            } catch {
                problems.append("\(sentinel): \(error.message)")
                moveToEnd(sentinel)
            }
        }
        throw RESPClientError(
            .cannotConnect, "no sentinel led to the master \(master) (\(problems.joined(separator: "; ")))")
    }

    private func ask(
        _ sentinel: RESPAddress, for master: String, before deadline: ContinuousClock.Instant
    ) async throws(RESPClientError) -> RESPAddress {
        let connection = try await RESPConnection.connect(
            to: sentinel, options: sentinelOptions.within(third(before: deadline)), on: group)
        let reply: RESPValue
        do throws(RESPClientError) {
            let question = ["SENTINEL", "get-master-addr-by-name", master]
            reply = try await connection.send(question, within: third(before: deadline))
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        switch reply {
        case .array(let parts):
            guard parts.count == 2, let host = parts[0].asText, let port = parts[1].asInteger,
                (1...65_535).contains(port)
            else { throw RESPClientError(.refused, "it answered with something else than an address") }
            return .host(host, port: Int(port))
        case .null: throw RESPClientError(.refused, "it knows no master of that name")
        case .error(let error): throw RESPClientError(.refused, "\(error)")
        default: throw RESPClientError(.refused, "it is no Sentinel")
        }
    }

    private func moveToEnd(_ sentinel: RESPAddress) {
        sentinels.withLockedValue { sentinels in
            guard let index = sentinels.firstIndex(of: sentinel) else { return }
            sentinels.append(sentinels.remove(at: index))
        }
    }

    /// Connecting takes three steps at most: the connection itself, logging in, looking it over.
    private func third(before deadline: ContinuousClock.Instant) -> Duration {
        max(.milliseconds(1), ContinuousClock.now.duration(to: deadline) / 3)
    }
}

extension RESPConnection {
    fileprivate func send(_ words: [String], within limit: Duration) async throws(RESPClientError) -> RESPValue {
        try await send(words.map { Array($0.utf8) }, within: limit)
    }
}

extension RESPConnectionOptions {
    fileprivate func with(password: String?) -> RESPConnectionOptions {
        var options = self
        options.password = password
        return options
    }

    /// Every step within this time.
    fileprivate func within(_ limit: Duration) -> RESPConnectionOptions {
        var options = self
        options.connectTimeout = limit
        options.commandTimeout = limit
        return options
    }
}
