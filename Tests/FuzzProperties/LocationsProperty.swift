import OrdinalServer
import RESPClient

#if MySQL
    import OrdinalMySQL
#endif

/// A location is understood or refused; neither shows its password, and what it prints is a location again.
enum LocationsProperty {
    static func check(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        let secret = text.holdsInLogin("HUNTER2") ? "HUNTER2" : nil
        let sources = ConfigurationSources(options: [.init(key: "store", value: text, option: "--store")])
        try ConfigurationProperty.check(sources, secret: secret)
        try check(text, secret) { try StoreLocation(text: $0) }
        try check(text, secret) { try RESPServerLocation($0) }
        #if MySQL
            try check(text, secret) { try MySQLLocation($0) }
        #endif
    }

    private static func check<Location: CustomStringConvertible>(
        _ text: String, _ secret: String?, _ read: (String) throws -> Location
    ) throws {
        let location: Location
        do { location = try read(text) } catch { return try requireHidden(secret, in: "\(error)") }
        var dumped = ""
        dump(location, to: &dumped)
        for printed in ["\(location)", String(reflecting: location), "\([location])", dumped] {
            try requireHidden(secret, in: printed)
        }
        let again: Location
        do { again = try read("\(location)") } catch {
            throw Finding(description: "\(Location.self) prints \(location), which is refused: \(error)")
        }
        try require("\(again)" == "\(location)", "\(Location.self) prints \(location), which is read as \(again)")
    }

    private static func requireHidden(_ secret: String?, in text: String) throws {
        guard let secret else { return }
        try require(!text.utf8.contains(secret.utf8), "a password is shown: \(text)")
    }
}

extension String {
    /// Whether a word stands once in this location of a store, and there in the password of a URL: behind the scheme and a
    /// colon, before an @, with nothing in between that ends a login.
    func holdsInLogin(_ word: String) -> Bool {
        let bytes = Array(utf8)
        let places = bytes.indices.filter { bytes[$0...].starts(with: word.utf8) }
        guard places.count == 1, let place = places.first else { return false }
        let before = String(decoding: bytes[..<place], as: UTF8.self).utf8
        guard let at = bytes[place...].firstIndex(of: UInt8(ascii: "@")) else { return false }
        let url = Array(Array(before).split(separatingBy: " over ").last ?? [])
        let schemes = ["mysql", "mariadb", "redis", "rediss", "redis+sentinel", "rediss+sentinel"]
        guard let scheme = schemes.first(where: { url.starts(with: "\($0)://".utf8) }) else { return false }
        let login = url.dropFirst(scheme.utf8.count + 3) + bytes[place..<at]
        return login.contains(UInt8(ascii: ":")) && !login.contains { "/?#".utf8.contains($0) }
    }
}

extension [UInt8] {
    /// The parts between the places of `word`.
    fileprivate func split(separatingBy word: String) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = startIndex
        for index in indices where index >= start && self[index...].starts(with: word.utf8) {
            parts.append(self[start..<index])
            start = index + word.utf8.count
        }
        return parts + [self[start...]]
    }
}
