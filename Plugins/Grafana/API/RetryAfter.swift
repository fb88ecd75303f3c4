/// What `Retry-After` says. Source: RFC 9110, 10.2.3.
enum RetryAfter {
    /// - Parameter now: seconds since 1970.
    static func duration(_ text: String, now: Int64) -> Duration? {
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
        guard let date = date(text) else { return nil }
        return .seconds(min(max(date - now, 0), 86_400))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is sent today.
    private static func date(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), 1...31 ~= day,
            let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]),
            1970...9999 ~= year
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, clock.allSatisfy({ 0...60 ~= $0 }) else { return nil }
        let days = days(year: year, month: Int64(month) + 1) + day - 1
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }

    /// Days from 1970 to the first of a month. The year is taken to begin in March, so that a leap day is its last.
    private static func days(year: Int64, month: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
            + (monthFromMarch * 153 + 2) / 5 - 719_468
    }
}
