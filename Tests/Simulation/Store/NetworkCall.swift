import Ordinal

/// One call of the store on its way there and back.
///
/// Its answer reaches the caller at most once: by then the call is over, whatever still comes.
final class NetworkCall {
    let kind: StoreCall
    let name: SequenceName?
    let node: RunningNode
    /// Lets the call happen to the store. Answers what gives the answer to the caller.
    let perform: (StoreTransaction) -> Performed
    private let end: (StoreError) -> Void
    private(set) var isOver = false

    /// What came of a call at the store.
    struct Performed {
        /// Why it did not happen.
        let error: StoreError?
        let deliver: () -> Void
    }

    init<Answer>(
        _ kind: StoreCall, _ name: SequenceName?, from node: RunningNode,
        _ body: @escaping (StoreTransaction) throws -> Answer,
        reply: @escaping (Result<Answer, StoreError>) -> Void
    ) {
        self.kind = kind
        self.name = name
        self.node = node
        end = { reply(.failure($0)) }
        perform = { transaction in
            let result: Result<Answer, StoreError>
            do { result = .success(try body(transaction)) } catch let error as StoreError {
                result = .failure(error)
            } catch {
                result = .failure(.unavailable("\(error)"))
            }
            var failure: StoreError?
            if case .failure(let error) = result { failure = error }
            return Performed(error: failure) { reply(result) }
        }
    }

    /// Ends the call with the answer of the store. Answers whether anybody still waited for it.
    func deliver(_ performed: Performed) -> Bool {
        guard !isOver else { return false }
        isOver = true
        performed.deliver()
        return true
    }

    /// Ends the call without an answer.
    func fail(_ error: StoreError) {
        guard !isOver else { return }
        isOver = true
        end(error)
    }

    /// Ends the call when nobody can tell what came of it.
    func lose(_ reason: String) { fail(kind.changesSomething ? .unknownOutcome(reason) : .unavailable(reason)) }
}
