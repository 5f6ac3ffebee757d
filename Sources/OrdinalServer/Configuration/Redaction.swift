// Whatever prints a configuration, or something that holds one, prints no secret: not in a log, a crash or a debugger.

extension Credentials.Passwords: CustomStringConvertible, CustomReflectable {
    /// Which passwords there are.
    public var description: String { "use: \(use == nil ? "-" : "(set)"), admin: \(admin == nil ? "-" : "(set)")" }

    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}

extension Credentials.Token: CustomStringConvertible, CustomReflectable {
    /// Whose it is, without the secret.
    public var description: String { "token of \(principal.name) (\(principal.role))" }

    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}

extension ConfigurationSources: CustomStringConvertible, CustomReflectable {
    /// Where values come from, without the values.
    public var description: String {
        "\(options.map(\.option)), \(environment.count) variables, \(file ?? "no file")"
    }

    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}

extension ConfigurationSources.Option: CustomStringConvertible, CustomReflectable {
    /// The key, without its value.
    public var description: String { "\(option) \(key)" }

    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}
