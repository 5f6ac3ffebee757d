import Foundation
import FuzzProperties

/// Checks one input of the fuzzer; what does not hold ends the process, which libFuzzer takes for a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func checkOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    do { try Selection.target.check(input) } catch { fatalError("\(Selection.target): \(error)") }
    return 0
}

private enum Selection {
    /// What ORDINAL_FUZZ_TARGET names.
    static let target: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["ORDINAL_FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            fatalError("set ORDINAL_FUZZ_TARGET to one of \(FuzzTarget.allCases.map(\.rawValue))")
        }
        return target
    }()
}
