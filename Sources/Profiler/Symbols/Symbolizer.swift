/// Gives addresses of this process their names.
enum Symbolizer {
    /// The names of the functions at `addresses`; `module+0xoffset` where the file names none. Addresses outside of all
    /// files are left out.
    static func names(of addresses: Set<UInt64>) -> [UInt64: String] {
        let modules = LoadedModule.all
        var places: [Int: Set<UInt64>] = [:]
        for address in addresses {
            guard let index = modules.firstIndex(where: { $0.contains(address) }) else { continue }
            places[index, default: []].insert(address)
        }
        var names: [UInt64: String] = [:]
        for (index, addresses) in places {
            let module = modules[index]
            let found = module.file?.names(of: Set(addresses.lazy.map { $0 &- module.base })) ?? [:]
            var demangled: [[UInt8]: String] = [:]
            for address in addresses {
                let offset = address &- module.base
                guard let name = found[offset] else {
                    names[address] = "\(module.name)+\(hexadecimal(offset))"
                    continue
                }
                let text = demangled[name] ?? Demangler.text(of: name)
                demangled[name] = text
                names[address] = text
            }
        }
        return names
    }

    /// What to call an address outside of all files.
    static func nameless(_ address: UInt64) -> String { hexadecimal(address) }

    private static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
