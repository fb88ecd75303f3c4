import AgentConfiguration

/// The part of a dashboard's grid that a panel takes.
struct PanelArea: Hashable {
    static let columns = 24
    private static let tallest = 10_000

    let x: Int
    let y: Int
    let width: Int
    let height: Int

    init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Reads a `gridPos`; nil where it lies outside the grid.
    init?(_ node: JSONNode) {
        guard let x = node.integer("x"), let y = node.integer("y"), let width = node.integer("w"),
            let height = node.integer("h"), (0..<Self.columns).contains(x), y >= 0,
            y <= Self.tallest, (1...Self.columns - x).contains(width),
            (1...Self.tallest).contains(height)
        else { return nil }
        self.init(x: x, y: y, width: width, height: height)
    }

    func overlaps(_ other: PanelArea) -> Bool {
        x < other.x + other.width && other.x < x + width
            && y < other.y + other.height && other.y < y + height
    }

    var json: JSONValue {
        [
            "x": .integer(Int64(x)), "y": .integer(Int64(y)), "w": .integer(Int64(width)),
            "h": .integer(Int64(height)),
        ]
    }
}
