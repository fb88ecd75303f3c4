// Small charts of the last minutes.

import { setAttribute, svg } from "./elements.js";

/** What is shown at most, and at least: a line that just began is not squeezed into a corner. */
const longest = 300_000;
const shortest = 60_000;
const width = 300;
const height = 40;
/** Without a point for so long the line is broken. */
const gap = 3500;

/** A line and the area under it; of several values, each has a line of its own. */
export class Chart {
  #lines;
  #label;
  node;

  /**
   * @param names one for each line; they stand as classes
   * @param label what it shows, for those who do not see it
   */
  constructor(names, label) {
    this.#label = label;
    this.#lines = names.map((name) => ({
      area: svg("path", { class: `area ${name}` }),
      line: svg("path", { class: `line ${name}` }),
    }));
    this.node = svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "chart", role: "img" },
      ...this.#lines.flatMap(({ area, line }) => [area, line]),
    );
  }

  /**
   * @param points the oldest first; `at` in milliseconds
   * @param values one function for each line
   * @param say writes a value for the label
   * @param floor the scale reaches at least there
   */
  draw(points, values, say, floor = 1) {
    const now = points.at(-1)?.at ?? 0;
    const seen = points.filter((point) => now - point.at <= longest);
    const span = Math.max(shortest, now - (seen[0]?.at ?? now));
    let top = floor;
    for (const value of values) for (const point of seen) top = Math.max(top, value(point));
    values.forEach((value, index) => {
      const { area, line } = this.#lines[index];
      const runs = pieces(seen).map((piece) => piece.map((point) => place(now - point.at, value(point), span, top)));
      setAttribute(line, "d", runs.map((run) => `M${run.map(([x, y]) => `${x} ${y}`).join("L")}`).join(""));
      setAttribute(area, "d", runs.map((run) => under(run)).join(""));
    });
    const last = seen.at(-1);
    const most = Math.max(0, ...seen.map((point) => values[0](point)));
    setAttribute(
      this.node,
      "aria-label",
      last ? `${this.#label}, last minutes: now ${say(values[0](last))}, at most ${say(most)}` : this.#label,
    );
  }
}

function place(age, value, span, top) {
  const x = width - (age / span) * width;
  const y = height - 1.5 - (Math.max(0, value) / top) * (height - 4);
  return [x.toFixed(1), y.toFixed(1)];
}

function under(run) {
  const path = run.map(([x, y]) => `${x} ${y}`).join("L");
  return `M${run[0][0]} ${height}L${path}L${run.at(-1)[0]} ${height}Z`;
}

/** Where nobody looked, there is no line. */
function pieces(points) {
  const all = [];
  let last = -Infinity;
  for (const point of points) {
    if (point.at - last > gap) all.push([]);
    all.at(-1).push(point);
    last = point.at;
  }
  return all;
}
