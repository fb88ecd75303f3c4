/// Elements that are read in place: reading one from an array would count references, which is not what is measured.
///
/// Kept as long as the process lives.
package struct FixedList<Element: Sendable>: @unchecked Sendable {
    // Sendable: never written once it is made.

    package let count: Int
    package let elements: UnsafePointer<Element>

    package init(_ elements: [Element]) {
        count = elements.count
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: count)
        copy.initialize(from: elements, count: count)
        self.elements = UnsafePointer(copy)
    }
}
