import Automation
import Glibc

// Runs one command through the local adapter, as an agent would: AdapterHost RUN-ID COMMAND…
// Says who guards it, and then what the command says.

func say(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

let arguments = CommandLine.arguments
guard arguments.count > 2 else { exit(64) }
do throws(AdapterFailure) {
    let processes = try ProcessRunner()
    say("guard \(processes.guardProcessID ?? 0)\n")
    let device = Device(id: "host", site: "test", endpoint: .local(LocalEndpoint()))
    let order = RunOrder(
        runID: arguments[1], device: device, command: Array(arguments.dropFirst(2)),
        killGrace: .seconds(5))
    let ended = try await LocalAdapter(processes).execute(order) { bytes in
        say(String(decoding: bytes, as: UTF8.self))
        return true
    }
    say("ended \(ended)\n")
    await processes.stop()
} catch {
    say("failed \(error.reason): \(error)\n")
    exit(75)
}
