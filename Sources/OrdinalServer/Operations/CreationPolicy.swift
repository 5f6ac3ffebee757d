/// Who may create sequences by asking for a number.
public enum CreationPolicy: String, Hashable, Sendable, CaseIterable {
    /// Everybody.
    case on
    /// Administrators.
    case admin
    /// Nobody.
    case off

    func allows(_ role: Role?) -> Bool {
        switch self {
        case .on: true
        case .admin: role == .admin
        case .off: false
        }
    }
}
