import Glibc

/// A chart of lines and points as SVG, coloured by the style of the page that it stands in.
struct Chart {
    struct Axis {
        var title: String
        var range: ClosedRange<Double>
        /// What a tick says; by default shares in percent.
        var label: (Double) -> String = { "\(decimal($0 * 100)) %" }

        /// Some five round values within the range: 1, 2 or 5 times a power of ten apart.
        var ticks: [Double] {
            let span = range.upperBound - range.lowerBound
            guard span > 0, span.isFinite else { return [range.lowerBound] }
            let power = pow(10, log10(span / 5).rounded(.down))
            let step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 5.5 } ?? span
            let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
            let last = Int((range.upperBound / step + 1e-9).rounded(.down))
            return first <= last ? (first...last).map { Double($0) * step } : []
        }

        func position(_ value: Double) -> Double {
            let span = range.upperBound - range.lowerBound
            return span > 0 ? (value - range.lowerBound) / span : 0
        }
    }

    struct Point {
        var x: Double
        var y: Double
    }

    enum Mark {
        case line([Point])
        /// Thin and dashed: what would be perfect, or chance.
        case reference([Point])
        /// Discs whose areas are in proportion to the weights.
        case discs([Point], weights: [Double])
        case named(Point, String, isEmphasized: Bool)
    }

    private static let width = 480.0, height = 320.0
    private static let plot = (left: 58.0, right: 466.0, top: 12.0, bottom: 270.0)
    private static let greatestRadius = 9.0
    /// Of the page's type, about.
    private static let letterWidth = 7.0, lineHeight = 14.0

    /// An identifier of its own in the page.
    var id: String
    var title: String
    /// What somebody who does not see it needs to know.
    var description: String
    var x: Axis
    var y: Axis
    var marks: [Mark]

    var svg: String {
        """
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-labelledby="\(id)-title \(id)-text">
        <title id="\(id)-title">\(escaped(title))</title><desc id="\(id)-text">\(escaped(description))</desc>
        \(axes)\(marks.map(markup).joined())\(names)</svg>

        """
    }

    private var axes: String {
        let plot = Self.plot
        var svg = ""
        for tick in y.ticks {
            let place = vertical(tick)
            svg += "<line class=\"grid\" x1=\"\(pixels(plot.left))\" x2=\"\(pixels(plot.right))\""
            svg += " y1=\"\(place)\" y2=\"\(place)\"/>"
            svg += label(y.label(tick), x: pixels(plot.left - 8), y: pixels(verticalPixels(tick) + 4), anchor: "end")
        }
        for tick in x.ticks {
            let place = horizontal(tick)
            svg += "<line class=\"axis\" x1=\"\(place)\" x2=\"\(place)\""
            svg += " y1=\"\(pixels(plot.bottom))\" y2=\"\(pixels(plot.bottom + 5))\"/>"
            svg += label(x.label(tick), x: place, y: pixels(plot.bottom + 19), anchor: "middle")
        }
        svg += "<line class=\"axis\" x1=\"\(pixels(plot.left))\" x2=\"\(pixels(plot.right))\""
        svg += " y1=\"\(pixels(plot.bottom))\" y2=\"\(pixels(plot.bottom))\"/>"
        svg += label(
            x.title,
            x: pixels((plot.left + plot.right) / 2),
            y: pixels(Self.height - 8),
            anchor: "middle",
            "title"
        )
        let middle = pixels((plot.top + plot.bottom) / 2)
        svg += "<text class=\"title\" text-anchor=\"middle\" transform=\"translate(12 \(middle)) rotate(-90)\">"
        return svg + "\(escaped(y.title))</text>\n"
    }

    private func markup(_ mark: Mark) -> String {
        switch mark {
        case .line(let points): return path(points, "line")
        case .reference(let points): return path(points, "reference")
        case .discs(let points, let weights):
            let greatest = max(weights.max() ?? 0, .leastNormalMagnitude)
            return zip(points, weights).map { point, weight in
                let radius = max(1.5, Self.greatestRadius * (weight / greatest).squareRoot())
                return disc(point, radius, "disc")
            }.joined()
        case .named(let point, _, let isEmphasized):
            return disc(point, 4, isEmphasized ? "emphasized" : "mark")
        }
    }

    /// The names of points beside them: to the left where they would leave the plot, further down where another name is.
    private var names: String {
        var svg = "", taken: [(columns: ClosedRange<Double>, y: Double)] = []
        for case .named(let point, let name, let isEmphasized) in marks {
            let length = Self.letterWidth * Double(name.count), center = horizontalPixels(point.x)
            let isLeft = center + 8 + length > Self.plot.right
            let columns = isLeft ? center - 8 - length...center - 8 : center + 8...center + 8 + length
            var y = verticalPixels(point.y) + 4
            while taken.contains(where: { $0.columns.overlaps(columns) && ($0.y - y).magnitude < Self.lineHeight }) {
                y += Self.lineHeight
            }
            taken.append((columns, y))
            svg += label(
                name,
                x: pixels(center + (isLeft ? -8 : 8)),
                y: pixels(y),
                anchor: isLeft ? "end" : "start",
                isEmphasized ? "emphasized" : "mark"
            )
        }
        return svg
    }

    private func disc(_ point: Point, _ radius: Double, _ style: String) -> String {
        "<circle class=\"\(style)\" cx=\"\(horizontal(point.x))\" cy=\"\(vertical(point.y))\" r=\"\(pixels(radius))\"/>\n"
    }

    private func path(_ points: [Point], _ style: String) -> String {
        let places = points.map { "\(horizontal($0.x)) \(vertical($0.y))" }
        return places.isEmpty ? "" : "<path class=\"\(style)\" d=\"M\(places.joined(separator: "L"))\"/>\n"
    }

    private func label(_ text: String, x: String, y: String, anchor: String, _ style: String = "tick") -> String {
        "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(escaped(text))</text>\n"
    }

    private func horizontalPixels(_ value: Double) -> Double {
        Self.plot.left + min(1, max(0, x.position(value))) * (Self.plot.right - Self.plot.left)
    }

    private func verticalPixels(_ value: Double) -> Double {
        Self.plot.bottom - min(1, max(0, y.position(value))) * (Self.plot.bottom - Self.plot.top)
    }

    private func horizontal(_ value: Double) -> String { pixels(horizontalPixels(value)) }

    private func vertical(_ value: Double) -> String { pixels(verticalPixels(value)) }

    /// To a tenth.
    private func pixels(_ value: Double) -> String { decimal((value * 10).rounded() / 10) }
}
