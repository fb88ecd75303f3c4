import BenchmarkSupport
import CYardstick
import Redaction

/// Redaction of texts. Yardstick: a look at each of their bytes.
func redactionBenchmarks() {
    let redactor = Redactor.standard
    let innocent = text("connection to edge-17.ams closed by the other side after 3 tries; ", 1024)
    let assigned = text("level=info path=/v1/devices n=17 took=12ms ok=true, ", 1024)
    let secret = text("PGPASSWORD=none-at-all psql -h db; curl -u me:nothing https://x/; ", 1024)
    for (name, text) in [
        ("plain words", innocent), ("keys and values", assigned), ("many secrets", secret),
    ] {
        Comparison.register("redaction - 1 KiB of \(name)", items: 1000) { count in
            text.withUnsafeBufferPointer { bytes in
                for _ in 0..<count { keep(redactor.redacted(bytes)?.count ?? 0) }
            }
        } yardstick: { count in
            for _ in 0..<count { keep(text.reduce(0) { $0 &+ Int($1) }) }
        }
    }
    let output = text("a line of output, as commands write them: 17 of 42 done\n", 1 << 20)
    Comparison.register("redaction - 1 MiB of a run's output", items: 1) { count in
        for _ in 0..<count {
            var stream = StreamRedactor(redactor)
            for start in stride(from: 0, to: output.count, by: 16 << 10) {
                keep(stream.take(output[start..<min(start + 16 << 10, output.count)]).count)
            }
            keep(stream.finish().count)
        }
    } yardstick: { count in
        for _ in 0..<count { keep(output.reduce(0) { $0 &+ Int($1) }) }
    }
}

private func text(_ sentence: String, _ count: Int) -> [UInt8] {
    Array(String(repeating: sentence, count: count / sentence.utf8.count + 1).utf8.prefix(count))
}

/// Has the optimiser believe that a value is wanted.
@inline(never)
private func keep(_ value: Int) { if value == .min { fatalError() } }
