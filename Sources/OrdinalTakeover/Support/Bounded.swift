/// Work on many things, a few at a time.
enum Bounded {
    /// How many are under way at once.
    private static let limit = 8

    /// What `transform` makes of each of `inputs`, in their order.
    ///
    /// - Parameter progress: Is told how many are done, each time that another one is.
    static func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ transform: @escaping @Sendable (Input) async -> Output,
        progress: (Int) -> Void = { _ in }
    ) async -> [Output] {
        await withTaskGroup(of: (Int, Output).self) { group in
            var waiting = inputs.enumerated().makeIterator()
            func addNext() {
                guard let (index, input) = waiting.next() else { return }
                group.addTask { (index, await transform(input)) }
            }
            for _ in 0..<limit { addNext() }
            var done: [(Int, Output)] = []
            done.reserveCapacity(inputs.count)
            while let next = await group.next() {
                done.append(next)
                progress(done.count)
                addNext()
            }
            return done.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
