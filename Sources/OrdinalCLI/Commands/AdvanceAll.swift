import OrdinalServer

/// Advances every sequence of a store.
struct AdvanceAll {
    let by: Int64
    var after: String?
    let isConfirmed: Bool

    func report(from server: Server) async throws(Failure) -> Report {
        try confirm()
        var pages = SequencePages(server, after: after)
        var advanced = 0
        var refused: [String] = []
        var last = after
        do throws(Failure) {
            while let page = try await pages.next(1_000) {
                for sequence in page {
                    let name = try sequence.text("name")
                    do throws(Failure) {
                        _ = try await server.call("ORDINAL", "ADVANCE", name, "BY", String(by))
                        advanced += 1
                    } catch  where error.isRefusal {
                        // Deleted meanwhile, it needs nothing; at its maximum, it cannot hand out anything either way.
                        if error.code != .notFound { refused.append("\(name): \(error.lines.joined(separator: " "))") }
                    }
                    last = name
                    if advanced % 100 == 0 { Terminal.progress("\(advanced) advanced") }
                }
            }
        } catch {
            throw interrupted(error, advanced: advanced, last: last)
        }
        guard refused.isEmpty else {
            throw Failure(lines: ["\(advanced) sequences advanced by \(by); these not:"] + refused.map(\.onSingleLine))
        }
        return Report(
            "\(advanced) sequences advanced by \(by)",
            json: ["advanced": .integer(Int64(advanced)), "by": .integer(by)])
    }

    private func confirm() throws(Failure) {
        guard !isConfirmed else { return }
        guard Terminal.isInteractive else {
            throw Failure("this leaves out \(by) numbers of every sequence: give --yes to do it", code: .usage)
        }
        guard Terminal.confirms("Leave out \(by) numbers of every sequence?") else { throw Failure("nothing was done") }
    }

    /// Says how to go on, so that those which were advanced are not advanced again.
    private func interrupted(_ error: Failure, advanced: Int, last: String?) -> Failure {
        let start = last.map { " --after '\($0.onSingleLine)'" } ?? ""
        return Failure(
            lines: error.lines + [
                "\(advanced) sequences were advanced; go on with: ordinal advance --all --by \(by)\(start)"
            ])
    }
}
