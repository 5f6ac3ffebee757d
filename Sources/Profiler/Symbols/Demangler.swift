import CProfiler
import Glibc

/// Turns the names of symbols into what a reader knows.
enum Demangler {
    /// Swift names demangled, others as they are.
    static func text(of name: [UInt8]) -> String {
        demangled(name) ?? String(decoding: name, as: UTF8.self)
    }

    private static func demangled(_ name: [UInt8]) -> String? {
        // The prefixes of Swift's names since Swift 4. A name of full length was cut.
        guard name.starts(with: "$s".utf8) || name.starts(with: "$S".utf8), name.count < ELFFile<FileBytes>.longestName
        else { return nil }
        // It looks for a zero byte behind the name, whatever length it is given.
        let text = (name + [0]).withUnsafeBytes { bytes in
            swift_demangle(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), name.count, nil, nil, 0)
        }
        guard let text else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
