/// Colours for a terminal, or none.
///
/// Source: ECMA-48, 8.3.117 Select graphic rendition
struct Palette {
    enum Style: String {
        case bold = "1"
        case faint = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case reversed = "7"
    }

    let isColoured: Bool

    func callAsFunction(_ style: Style, _ text: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
