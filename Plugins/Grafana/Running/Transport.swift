import CCurl
import Glibc
import PluginKit
import Synchronization

/// Makes requests over libcurl, one at a time, with connections that are kept. One thread's own but for `wake`.
final class Transport {
    private let multi: UnsafeMutableRawPointer
    private let easy: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let host: GrafanaHost
    private let timeout: Duration
    private let exchange = Exchange()

    /// Sets libcurl up.
    init(_ access: GrafanaAccess) throws(Trouble) {
        if let failure = ccurl_load() { throw Trouble(reason: String(cString: failure)) }
        guard let multi = ccurl_multi_init(), let easy = ccurl_easy_init() else {
            throw Trouble(reason: "libcurl has no memory")
        }
        self.multi = multi
        self.easy = easy
        host = access.host
        timeout = access.timeout
        configure(access)
    }

    deinit {
        ccurl_easy_cleanup(easy)
        ccurl_multi_cleanup(multi)
        ccurl_slist_free(headers)
    }

    /// Ends a wait for the network in ``send(_:before:unless:)``, which then asks whether to go on.
    var wake: @Sendable () -> Void {
        let multi = SendablePointer(multi)
        return { _ = ccurl_multi_wakeup(multi.pointer) }
    }

    /// Makes one request and waits for its answer.
    ///
    /// - Parameter isStopping: looked at whenever something happens; when it holds the request is given up.
    func send(
        _ request: GrafanaRequest, before deadline: Deadline? = nil,
        unless isStopping: () -> Bool
    ) throws(Trouble) -> GrafanaAnswer {
        exchange.begin()
        let limit = Deadline(after: timeout)
        let end = deadline.map { Deadline.earlier($0, limit) } ?? limit
        set(CURLOPT_URL, host.base + request.path)
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        // libcurl sends a request again by itself where a connection that was used before breaks without an answer. What
        // makes something new must not be made twice behind our back: it goes over a connection of its own.
        set(CURLOPT_FRESH_CONNECT, request.method == .post ? 1 : 0)
        if let body = request.body?.description {
            // In this order: the size says how much is copied.
            set(CURLOPT_POSTFIELDSIZE, body.utf8.count)
            set(CURLOPT_COPYPOSTFIELDS, body)
        } else {
            set(CURLOPT_HTTPGET, 1)
        }
        let code = try perform(before: end, unless: isStopping)
        guard code == CURLE_OK else {
            let why = exchange.isTooLong ? "the answer is too long" : Self.sentence(code)
            throw Trouble(reason: "\(host.base) cannot be talked to: \(why)")
        }
        var status = 0
        _ = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return exchange.answer(status: status)
    }

    private func perform(
        before deadline: Deadline, unless isStopping: () -> Bool
    ) throws(Trouble) -> CURLcode {
        guard ccurl_multi_add(multi, easy) == CURLM_OK else {
            throw Trouble(reason: "libcurl cannot begin")
        }
        defer { _ = ccurl_multi_remove(multi, easy) }
        while true {
            var running: Int32 = 0
            guard ccurl_multi_perform(multi, &running) == CURLM_OK else {
                throw Trouble(reason: "libcurl cannot go on")
            }
            var code = CURLE_OK
            if ccurl_multi_ended(multi, &code) == 1 { return code }
            guard !isStopping() else { throw Trouble(reason: "the agent is stopping") }
            let left = deadline.remaining
            guard left > .zero else {
                throw Trouble(reason: "\(host.base) did not answer in time")
            }
            let milliseconds =
                left.components.seconds * 1000 + 1 + left.components.attoseconds
                / 1_000_000_000_000_000
            _ = ccurl_multi_poll(multi, Int32(clamping: min(milliseconds, 10_000)))
        }
    }

    /// libcurl's own words for a code: they hold neither address nor credentials.
    private static func sentence(_ code: CURLcode) -> String {
        ccurl_easy_strerror(code).map { String(cString: $0) } ?? "code \(code.rawValue)"
    }
}

// MARK: Options

extension Transport {
    private func configure(_ access: GrafanaAccess) {
        set(CURLOPT_NOSIGNAL, 1)
        // A name look-up that hangs must not hold up the agent's end.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        // Only these, whatever a URL or a proxy says: bits of http and https.
        set(CURLOPT_PROTOCOLS, 3)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_ACCEPT_ENCODING, "")
        set(CURLOPT_USERAGENT, "agent/\(access.agentVersion)")
        for header in access.headers { headers = ccurl_slist_append(headers, header) }
        // A body is sent at once, not after a second's wait for "100 Continue".
        for header in ["Content-Type: application/json", "Accept: application/json", "Expect:"] {
            headers = ccurl_slist_append(headers, header)
        }
        _ = ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
        if let credentials = access.basic {
            set(CURLOPT_HTTPAUTH, 1)
            set(CURLOPT_USERNAME, credentials.user)
            set(CURLOPT_PASSWORD, credentials.password)
        }
        if let file = access.caFile { set(CURLOPT_CAINFO, file) }
        if let file = access.certificateFile { set(CURLOPT_SSLCERT, file) }
        if let file = access.keyFile { set(CURLOPT_SSLKEY, file) }
        if let password = access.keyPassword { set(CURLOPT_KEYPASSWD, password) }
        if let proxy = access.proxy { set(CURLOPT_PROXY, proxy) }
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        _ = ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Exchange.at(context)?.body(bytes, size * count) ?? 0
        }
        _ = ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        _ = ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Exchange.at(context)?.header(bytes, size * count) ?? 0
        }
        _ = ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    }

    private func set(_ option: CURLoption, _ number: Int) {
        _ = ccurl_set_long(easy, option, number)
    }

    /// libcurl copies the text.
    private func set(_ option: CURLoption, _ text: String) {
        _ = text.withCString { ccurl_set_pointer(easy, option, $0) }
    }
}

/// A pointer that one function of libcurl may be called with from any thread.
private struct SendablePointer: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }
}
