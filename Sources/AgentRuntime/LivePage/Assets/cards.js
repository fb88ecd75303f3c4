// Everything on the page but the runs: tiles with charts, quota and sites, plugins, intake, alerts.

import { Chart } from "./chart.js";
import { byID, element, keyed, part, setAttribute, setText } from "./elements.js";
import * as format from "./format.js";

// MARK: Tiles

class Tile {
  #value = element("p", { class: "value", text: "–" });
  #note = element("p", { class: "quiet", text: " " });
  #chart;

  constructor(id, label, lines) {
    this.#chart = new Chart(lines, label);
    byID(id).append(this.#value, this.#note, this.#chart.node);
  }

  show(value, note) {
    setText(this.#value, value);
    setText(this.#note, note);
  }

  draw(points, values, say, floor) {
    this.#chart.draw(points, values, say, floor);
  }
}

export class Tiles {
  #active = new Tile("tile-active", "Active runs", ["main"]);
  #ended = new Tile("tile-ended", "Runs started a second", ["main", "bad"]);
  #events = new Tile("tile-events", "Events a second", ["main", "bad"]);
  #cpu = new Tile("tile-cpu", "Processor use", ["main"]);
  #memory = new Tile("tile-memory", "Memory", ["main"]);
  #sessions = new Tile("tile-sessions", "Sessions", ["main"]);

  /** @param points the figures of the last minutes, the newest last */
  show(points, { quota, sites }) {
    const now = points.at(-1);
    if (!now) return;
    const { rate, count, bytes, percent } = format;

    const limit = quota ? `of ${count(quota.limit)} allowed` : "";
    this.#active.show(count(now.active), quota?.waiting ? `${limit}, ${count(quota.waiting)} wait` : limit);
    this.#active.draw(points, [(point) => point.active], count, quota ? Math.min(quota.limit, 4) : 1);

    const ended = sites.reduce((sum, site) => sum + site.ok + site.failed, 0);
    const failed = sites.reduce((sum, site) => sum + site.failed, 0);
    this.#ended.show(count(ended), failed ? `${count(failed)} failed` : "none failed");
    this.#ended.draw(points, [(point) => point.started, (point) => point.failed], rate);

    this.#events.show(`${rate(now.received)}/s`, `${rate(now.rejected)}/s rejected, ${rate(now.dropped)}/s dropped`);
    this.#events.draw(points, [(point) => point.received, (point) => point.rejected + point.dropped], rate);

    this.#cpu.show(percent(now.cpu), now.threads ? `of a core, ${count(now.threads)} threads` : "of a core");
    this.#cpu.draw(points, [(point) => point.cpu], percent, 0.05);

    const files = now.max_files ? `${count(now.files)} of ${count(now.max_files)}` : count(now.files);
    this.#memory.show(bytes(now.memory), `${files} descriptors`);
    this.#memory.draw(points, [(point) => point.memory], bytes, 1 << 20);

    this.#sessions.show(count(now.sessions), `${count(now.lost ?? 0)} updates lost, backlog ${count(now.backlog ?? 0)}`);
    this.#sessions.draw(points, [(point) => point.sessions], count);
  }
}

// MARK: Quota and sites

function meter(label) {
  return element(
    "div",
    { class: "meter", role: "meter", "aria-valuemin": "0", "aria-label": label },
    element("span", { class: "fill", "data-part": "fill" }),
    element("span", { class: "figure", "data-part": "figure" }),
  );
}

function showMeter(node, active, limit) {
  const isFull = limit !== null && active >= limit;
  const share = limit ? Math.min(1, active / limit) : active > 0 ? 1 : 0;
  part(node, "fill").style.width = `${share * 100}%`;
  const figure = limit === null ? format.count(active) : `${format.count(active)} / ${format.count(limit)}`;
  setText(part(node, "figure"), figure);
  setAttribute(node, "aria-valuenow", active);
  setAttribute(node, "aria-valuemax", limit ?? active);
  setAttribute(node, "aria-valuetext", limit === null ? `${active}` : `${active} of ${limit}`);
  setAttribute(node, "data-full", isFull ? "" : null);
}

export class Sites {
  #global = meter("All sites");

  constructor() {
    byID("quota-global").append(this.#global);
  }

  show(quota, sites) {
    if (!quota) return;
    showMeter(this.#global, quota.active, quota.limit);
    const notes = [];
    if (quota.waiting) notes.push(`${format.count(quota.waiting)} waiting`);
    if (quota.rejected) notes.push(`${format.count(quota.rejected)} rejected`);
    setText(byID("quota-waiting"), notes.join(", "));
    const rows = new Map(quota.sites.map((site) => [site.site, { ...site, ok: 0, failed: 0 }]));
    for (const site of sites) {
      rows.set(site.site, { limit: null, waiting: 0, ...rows.get(site.site), ...site, active: rows.get(site.site)?.active ?? site.active });
    }
    const sorted = [...rows.values()].sort((a, b) => a.site.localeCompare(b.site));
    keyed(byID("site-rows"), sorted, (row) => row.site, makeSite, showSite);
  }
}

function makeSite(row) {
  return element(
    "div",
    { role: "row" },
    element("span", { role: "rowheader", "data-part": "site", text: row.site }),
    element("span", { role: "cell" }, meter(row.site)),
    element("span", { role: "cell", class: "number", "data-part": "ok" }),
    element("span", { role: "cell", class: "number", "data-part": "failed" }),
  );
}

function showSite(node, row) {
  showMeter(node.querySelector(".meter"), row.active, row.limit);
  setText(part(node, "ok"), format.count(row.ok));
  setText(part(node, "failed"), format.count(row.failed));
  setAttribute(part(node, "failed"), "data-bad", row.failed > 0 ? "" : null);
}

// MARK: Plugins

export function showPlugins(plugins) {
  byID("plugins-empty").hidden = plugins.length > 0;
  keyed(byID("plugins"), plugins, (plugin) => plugin.name, makePlugin, showPlugin);
}

function makePlugin() {
  return element(
    "li",
    {},
    element("span", { class: "status", "data-part": "state" }),
    element("span", { class: "name", "data-part": "name" }),
    element("span", { class: "quiet", "data-part": "kinds" }),
    element("span", { class: "number quiet", "data-part": "work" }),
    element("p", { class: "why", "data-part": "why" }),
  );
}

function showPlugin(node, plugin) {
  const state = part(node, "state");
  setText(state, plugin.state);
  setAttribute(state, "data-status", plugin.state);
  setText(part(node, "name"), plugin.name);
  setText(part(node, "kinds"), [plugin.version, ...plugin.kinds].filter(Boolean).join(" · "));
  setText(part(node, "work"), work(plugin));
  setText(part(node, "why"), plugin.why ?? "");
}

function work(plugin) {
  const { count, bytes } = format;
  const words = [];
  if (plugin.exports) words.push(`${count(plugin.exports)} exports`);
  if (plugin.failed_exports) words.push(`${count(plugin.failed_exports)} failed`);
  if (plugin.bytes) words.push(bytes(plugin.bytes));
  if (plugin.requests) words.push(`${count(plugin.requests)} requests`);
  if (plugin.streamed) words.push(`${count(plugin.streamed)} streamed`);
  if (plugin.dropped) words.push(`${count(plugin.dropped)} dropped`);
  return words.join(", ");
}

// MARK: Intake

const sourceNames = { unix_stream: "Unix stream", unix_datagram: "Unix datagram", udp: "UDP", http: "HTTP" };

export function showIntake(figures) {
  keyed(byID("intake-rows"), figures.intake, (source) => source.source, makeSource, showSource);
  const reasons = Object.entries(figures.reasons);
  keyed(byID("reasons"), reasons, ([reason]) => reason, () => element("li"), (node, [reason, number]) => {
    setText(node, `${reason.replaceAll("_", " ")} ${format.count(number)}`);
  });
}

function makeSource(source) {
  const cell = (name) => element("span", { role: "cell", class: "number", "data-part": name });
  return element(
    "div",
    { role: "row" },
    element("span", { role: "rowheader", text: sourceNames[source.source] ?? source.source }),
    ...["rate", "received", "rejected", "dropped"].map(cell),
  );
}

function showSource(node, source) {
  setText(part(node, "rate"), format.rate(source.rate));
  for (const name of ["received", "rejected", "dropped"]) setText(part(node, name), format.count(source[name]));
  for (const name of ["rejected", "dropped"]) setAttribute(part(node, name), "data-bad", source[name] > 0 ? "" : null);
}

export function showFaults(faults) {
  byID("faults").hidden = faults.length === 0;
  byID("fault-rows").replaceChildren(
    ...faults.map((fault) =>
      element(
        "li",
        {},
        element("span", { class: "name", text: sourceNames[fault.source] ?? fault.source }),
        element("p", { class: "why", text: fault.text }),
      ),
    ),
  );
}

// MARK: Alerts

export function showAlerts(alerts) {
  byID("alerts-empty").hidden = alerts.length > 0;
  byID("alerts").replaceChildren(
    ...alerts.map((alert) =>
      element(
        "li",
        {},
        element("span", { class: "status", "data-status": alert.level, text: alert.level }),
        element("span", { class: "name", text: alert.subject }),
        element("time", { class: "number quiet", datetime: new Date(alert.at).toISOString(), text: format.moment(alert.at) }),
        element("p", { class: "why", text: alert.text }),
      ),
    ),
  );
}
