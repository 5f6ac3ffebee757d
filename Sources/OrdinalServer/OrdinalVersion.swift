/// Which Ordinal this is.
public enum OrdinalVersion {
    /// The number of this version.
    public static let current = "0.1.0"
}
