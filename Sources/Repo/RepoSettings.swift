extension Repo {
    /// How a store is opened.
    package struct Settings: Sendable {
        /// The file. Its directory is made when it is not there.
        package var path: String
        /// What the names of its events begin with.
        package var eventPrefix: String
        /// What its events call it (`repo`).
        package var name: String
        /// How many may read at the same time, beside the one that writes.
        package var readers: Int
        /// How long a statement waits where another program has locked the store.
        package var busyTimeout: Duration

        package init(
            path: String, eventPrefix: String = "net_auto.repo", name: String = "agent",
            readers: Int = 2, busyTimeout: Duration = .seconds(5)
        ) {
            self.path = path
            self.eventPrefix = eventPrefix
            self.name = name
            self.readers = readers
            self.busyTimeout = busyTimeout
        }

        /// Says what is wrong with it.
        func check() throws(RepoError) {
            guard !path.isEmpty, !path.utf8.contains(0) else {
                throw .settings("the path is empty or holds a zero byte")
            }
            guard (1...64).contains(readers) else {
                throw .settings("\(readers) readers; 1 to 64 are possible")
            }
            guard busyTimeout >= .zero, busyTimeout <= .seconds(600) else {
                throw .settings("a busy timeout of \(busyTimeout); up to 10 minutes are possible")
            }
        }
    }
}
