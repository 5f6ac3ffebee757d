/// Why a command did not do what it says, and what the program exits with.
struct Failure: Error, Equatable {
    enum Code: Int32 {
        case error = 1
        case notFound = 2
        /// `EX_USAGE`, as for arguments that cannot be understood.
        case usage = 64
    }

    /// One line for each problem, with what to do.
    let lines: [String]
    let code: Code
    /// Whether the server understood the command and would not do it, so that others may go on.
    let isRefusal: Bool

    init(_ lines: String..., code: Code = .error, isRefusal: Bool = false) {
        self.init(lines: lines, code: code, isRefusal: isRefusal)
    }

    init(lines: [String], code: Code = .error, isRefusal: Bool = false) {
        self.lines = lines
        self.code = code
        self.isRefusal = isRefusal
    }
}
