import AgentConfiguration

/// A panel before it has its place.
struct PanelDraft {
    struct Query {
        var expression: String
        var legend: String
        /// `time_series`, `heatmap` or `table`.
        var format = "time_series"
    }

    var type: String
    var title: String
    var description: String
    var unit: String
    var queries: [Query]

    static let dataSource: JSONValue = ["type": "prometheus", "uid": "${datasource}"]

    func json(id: Int, area: PanelArea) -> JSONValue {
        var panel: JSONObject = [
            "id": .integer(Int64(id)), "type": .string(type), "title": .string(title),
            "description": .string(description), "datasource": Self.dataSource,
            "gridPos": area.json,
            "fieldConfig": ["defaults": ["unit": .string(unit)], "overrides": []],
            "targets": .array(zip(queries, Self.references).map(Self.target)),
        ]
        panel["options"] = options
        return .object(panel)
    }

    private static let references = "ABCDEFGH".map(String.init)

    private static func target(_ query: Query, _ reference: String) -> JSONValue {
        let isTable = query.format == "table"
        return [
            "refId": .string(reference), "datasource": dataSource,
            "expr": .string(query.expression), "legendFormat": .string(query.legend),
            "format": .string(query.format), "instant": .bool(isTable), "range": .bool(!isTable),
        ]
    }

    private var options: JSONValue? {
        switch type {
        case "heatmap":
            [
                "calculate": false, "cellGap": 1,
                "color": ["mode": "scheme", "scheme": "Oranges", "steps": 64],
                "tooltip": ["mode": "single", "yHistogram": true],
                "yAxis": ["unit": .string(unit)],
            ]
        case "timeseries":
            [
                "legend": ["displayMode": "list", "placement": "bottom", "showLegend": true],
                "tooltip": ["mode": "multi", "sort": "desc"],
            ]
        default: nil
        }
    }
}
