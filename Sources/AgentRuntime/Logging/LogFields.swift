/// The fields of one message as they stand in its line. Its memory serves for the next one too.
struct LogFields {
    struct Member {
        let key: LogKeys.Key
        fileprivate(set) var value: Range<Int>
    }

    private(set) var members: [Member] = []
    /// The values one after the other, escaped already.
    private(set) var values: [UInt8] = []

    mutating func removeAll() {
        members.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: values.count <= LogWriter.keptBytes)
    }

    /// Takes a value; of a member that is there already it takes the place.
    ///
    /// - Parameter mayRepeat: whether any but the last may be the same
    mutating func set(
        _ key: LogKeys.Key, mayRepeat: Bool, write: (inout [UInt8]) -> Void
    ) -> Range<Int> {
        let start = values.count
        write(&values)
        let value = start..<values.count
        let same =
            mayRepeat
            ? members.firstIndex { $0.key.member == key.member }
            : members.last?.key.member == key.member ? members.count - 1 : nil
        if let same {
            members[same].value = value
        } else {
            members.append(Member(key: key, value: value))
        }
        return value
    }
}
