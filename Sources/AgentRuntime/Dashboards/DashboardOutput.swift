import ArgumentParser

/// Writes what the verbs of `agent dashboards` make.
enum DashboardOutput {
    /// Says which files there are now; ends with 1 where one cannot be written.
    static func writeOrExit(
        _ files: [(path: String, contents: String)], to directory: String, replacing: Bool
    ) throws {
        do throws(NewFiles.Failure) {
            try NewFiles.write(files, to: directory, replacing: replacing)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(1)
        }
        for file in files { StandardOutput.write("\(directory)/\(file.path)\n") }
    }
}
