import RESP

/// All commands, found by the code of their name without hashing or comparing text.
struct CommandTable: Sendable {
    /// Every command of the front: one line each.
    static let all = CommandTable(
        numberCommands + sequenceCommands + transactionCommands + connectionCommands + serverCommands
            + [ordinalCommand])

    let commands: [Command]
    private let codes: [UInt64]
    private let places: [UInt8]
    private let multiplier: UInt64

    /// Looks for a multiplier that sends every name to a slot of its own, so that a look-up is one product.
    init(_ commands: [Command]) {
        let codes = commands.map { CommandCode($0.name).rawValue }
        precondition(Set(codes).count == codes.count && codes.count < 255, "command names must differ")
        var multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
        while Set(codes.map { Self.slot($0, multiplier) }).count < codes.count {
            multiplier = multiplier &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 | 1
        }
        var places = [UInt8](repeating: .max, count: Self.slots)
        for (index, code) in codes.enumerated() { places[Self.slot(code, multiplier)] = UInt8(index) }
        self.commands = commands
        self.codes = codes
        self.places = places
        self.multiplier = multiplier
    }

    /// The place of a command in ``commands``.
    func index(_ code: CommandCode) -> Int? {
        let place = Int(places[Self.slot(code.rawValue, multiplier)])
        return place < codes.count && codes[place] == code.rawValue ? place : nil
    }

    subscript(code: CommandCode) -> Command? { index(code).map { commands[$0] } }

    subscript(name: [UInt8]) -> Command? {
        let span = name.span
        guard let code = CommandCode(span.bytes) else { return nil }
        return self[code]
    }

    private static let slots = 1024

    private static func slot(_ code: UInt64, _ multiplier: UInt64) -> Int {
        Int(truncatingIfNeeded: (code &* multiplier) &>> 54)
    }
}
