/// What is known while one file is decoded: where we are, what values may refer to, what was wrong
/// so far.
struct Decoding: Sendable {
    let file: String
    let directory: ConfigurationDirectory
    let environment: Environment
    private(set) var keyPath = ValuePath()
    private(set) var errors: [ConfigurationError] = []

    init(file: String, environment: Environment) {
        self.file = file
        self.environment = environment
        directory = ConfigurationDirectory(of: file)
    }

    /// Runs `body` one step further down.
    mutating func at<Result>(
        _ component: ValuePath.Component, _ body: (inout Decoding) -> Result
    ) -> Result {
        keyPath.append(component)
        defer { keyPath.removeLast() }
        return body(&self)
    }

    mutating func report(_ problem: ConfigurationError.Problem, at position: JSONPosition) {
        errors.append(
            ConfigurationError(file: file, position: position, keyPath: keyPath, problem: problem))
    }

    mutating func report(_ errors: [ConfigurationError]) {
        self.errors += errors
    }

    /// Reports values that do not go together, at the key `key` of `node` when it is there.
    mutating func reject(_ node: JSONNode, key: String, _ reason: String) {
        guard let member = node.member(key) else {
            return report(.inconsistent(reason: reason), at: node.position)
        }
        at(.key(key)) { $0.report(.inconsistent(reason: reason), at: member.value.position) }
    }

    func location(of node: JSONNode) -> ConfigurationLocation {
        ConfigurationLocation(file: file, position: node.position, keyPath: keyPath)
    }

    /// Whether `node` refers to an environment variable that is not set.
    func isUnset(_ node: JSONNode) -> Bool {
        guard case .environment(let name) = Reference(node) else { return false }
        return environment[name] == nil
    }
}
