extension ChildProcess {
    /// The port that one of the Prometheus programs chose, from the line in which it says so.
    func listeningPort() async throws -> UInt16 {
        let line = try await waitForLine(containing: "msg=\"Listening on\"")
        guard let number = line.split(separator: ":").last?.prefix(while: \.isNumber),
            let port = UInt16(number)
        else { throw EndedEarly(description: "'\(command)' names no port: \(line)") }
        return port
    }
}
