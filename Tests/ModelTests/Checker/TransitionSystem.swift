/// Something that is in one state at a time and takes one step after another.
protocol TransitionSystem {
    associatedtype State
    associatedtype Step

    var initial: State { get }

    /// Every step that can be taken from a state.
    func steps(from state: State) -> [Step]

    /// What a step leads to. The same step from the same state always leads to the same.
    func take(_ step: Step, from state: State) -> State

    /// What tells a state from all others: those with equal keys behave alike for ever.
    func key(of state: State) -> [UInt8]

    /// What is wrong with a state, if anything.
    func violation(in state: State) -> String?

    /// For how many goals progress is checked. A goal must be within reach from every state.
    var goals: Int { get }

    /// Whether a step may be counted on: faults may not.
    func isProgress(_ step: Step) -> Bool

    /// Whether a step reaches a goal.
    func reaches(_ goal: Int, from state: State, to next: State) -> Bool

    /// Whether a goal is reached from a state at which the bound ends the exploration; false for any other state.
    func reachesBeyondBound(_ goal: Int, from state: State) -> Bool
}
