@testable import Ordinal

// SET forward and delete, which `Sequencer` does beside the errands of the chain.

extension World {
    mutating func begin(set node: Int) {
        guard let chain = nodes[node].chain, let memory = chain.memory else { return }
        let number = chain.highestKnown + 1
        let step = Advance.to(number).knowing(memory, shared.settings.policy.offset)
        nodes[node].change = Call(request: .advance(memory.entry.life, to: number, step))
        note("to \(number)")
    }

    mutating func begin(delete node: Int) {
        guard let life = nodes[node].chain?.life else { return }
        nodes[node].change = Call(request: .delete(life))
    }

    mutating func finishChange(_ node: Int) {
        guard let call = nodes[node].change, let answer = call.answer else { return }
        nodes[node].change = nil
        switch (call.request, answer) {
        case (.delete(let life), .deleted): event(node) { $0.ended(life, now: .zero) }
        case (.advance(let life, let number, _), .record(let record)):
            ledger.moved(to: number, life, by: node)
            if shared.broken != .cutBySet { event(node) { $0.moved(to: record, now: .zero) } }
        case (.delete(let life), .failed(let error)), (.advance(let life, _, _), .failed(let error)):
            switch error {
            case .ended: event(node) { $0.ended(life, now: .zero) }
            case .unknownOutcome: event(node) { $0.forget(life, now: .zero) }
            case .lost, .exists, .exhausted, .invalid, .unavailable: break
            }
        default: preconditionFailure("an answer to another request")
        }
    }

    /// A node that may be changed has the sequence open.
    func mayChange(_ node: Int) -> Bool {
        nodes[node].change == nil && nodes[node].chain?.phase == .open && nodes[node].chain?.isStopping == false
    }
}
