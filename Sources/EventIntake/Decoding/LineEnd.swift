import Glibc

/// Finds where a line ends whatever is wrong with it: at the first newline that stands in no quoted text.
///
/// Keeps its place, so that a line may come in pieces. Quotes open a text only behind a field's `=`, as for the
/// decoder; lines of JSON and comments end at their newline.
struct LineEnd {
    private enum Place {
        case indent
        /// Name and tags.
        case head
        case key
        case valueStart
        case value
        case text
        /// Behind a backslash in one of those.
        case escapeInHead
        case escapeInKey
        case escapeInText
        /// JSON or a comment.
        case plain
    }

    private var place = Place.indent

    /// The newline that ends the line; nil where that is still to come.
    mutating func find(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        while at < end {
            if place == .plain {
                let newline = EventDecoder.newline(at, end)
                return newline == end ? nil : newline
            }
            if at.pointee == .newline, place != .text, place != .escapeInText { return at }
            place = next(at.pointee)
            at += 1
        }
        return nil
    }

    private func next(_ byte: UInt8) -> Place {
        switch place {
        case .indent:
            switch byte {
            case .space, .tab, 0xef, 0xbb, 0xbf: .indent
            case .openBrace, .openBracket, .hash: .plain
            case .backslash: .escapeInHead
            default: .head
            }
        case .head: byte == .backslash ? .escapeInHead : byte == .space ? .key : .head
        case .escapeInHead: byte == .backslash ? .escapeInHead : .head
        case .key: byte == .backslash ? .escapeInKey : byte == .equals ? .valueStart : .key
        case .escapeInKey: byte == .backslash ? .escapeInKey : .key
        case .valueStart, .value:
            switch byte {
            case .quote where place == .valueStart: .text
            case .comma, .space: .key
            default: .value
            }
        case .text: byte == .quote ? .value : byte == .backslash ? .escapeInText : .text
        case .escapeInText: .text
        case .plain: .plain
        }
    }
}
