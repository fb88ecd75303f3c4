extension Sequence<String> {
    /// The candidate that `word` was probably meant to be, or `nil` when none is close.
    ///
    /// Close is: at most a third of its letters (and always one) inserted, dropped, changed or
    /// swapped with a neighbour.
    package func nearest(to word: String) -> String? {
        let written = Array(word.lowercased().unicodeScalars.prefix(64))
        let ranked = map { candidate in
            (
                candidate,
                distance: editDistance(written, Array(candidate.lowercased().unicodeScalars))
            )
        }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= Swift.max(1, written.count / 3) ? best.0 : nil
    }
}

/// How many insertions, deletions, changes and swaps of neighbours turn one word into the other.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var cost = min(
                previous[column + 1] + 1, current[column] + 1, previous[column] + (isSame ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
}
