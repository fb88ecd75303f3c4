// The runs: those under way, the newest, and the last that failed.

import { byID, element, keyed, part, setAttribute, setText } from "./elements.js";
import * as format from "./format.js";

const isFinal = (run) => run.status !== "pending" && run.status !== "running";
const isFailure = (run) => run.status === "error" || run.status === "timeout";
const shownErrors = 8;
/** Beyond this the oldest are forgotten, unless someone has asked for older ones. */
const firstLimit = 100;
const narrow = matchMedia("(max-width: 640px)");
/** Rows that are shown at first, and more of at each asking: fewer on a phone, held either way. */
const step = () => (narrow.matches ? 8 : 20);

/** How long it took, or takes. */
export function took(run, now) {
  if (!run.started) return isFinal(run) ? "–" : "waits";
  return format.duration((run.finished ?? now) - run.started);
}

export class Runs {
  #runs = new Map();
  #limit = firstLimit;
  /** Rows that were asked for beyond the first. */
  #more = 0;
  #hasOlder = true;
  #ask;
  #now;
  #announce;

  /**
   * @param open shows one run
   * @param ask asks the session for runs: the callback's name and what is asked for
   * @param now the agent's time
   * @param announce tells people who listen
   */
  constructor({ open, ask, now, announce }) {
    this.#ask = ask;
    this.#now = now;
    this.#announce = announce;
    this.open = open;
    for (const select of [this.#site, this.#status]) select.addEventListener("change", () => this.#filterChanged());
    byID("older").addEventListener("click", () => this.#showOlder());
    narrow.addEventListener("change", () => this.#show());
    this.#readAddress();
  }

  get #site() { return byID("filter-site"); }
  get #status() { return byID("filter-status"); }
  get filter() { return { site: this.#site.value, status: this.#status.value }; }
  get #visible() { return step() + this.#more; }
  get #isFiltered() { return this.#site.value !== "" || this.#status.value !== ""; }

  find(id) { return this.#runs.get(id); }

  // MARK: What comes

  /** All there is to see. */
  replace(runs) {
    this.#runs = new Map(runs.map((run) => [run.id, run]));
    this.#hasOlder = runs.length >= firstLimit;
    this.#limit = Math.max(firstLimit, runs.length);
    this.#show();
    // The address may ask for runs that are not among the newest.
    if (this.#isFiltered) this.#askForFiltered();
  }

  /** Runs as they are now. */
  merge(runs) {
    for (const run of runs) {
      const before = this.#runs.get(run.id);
      this.#runs.set(run.id, run);
      if (before && !isFinal(before) && isFailure(run)) {
        this.#announce(`Run on ${run.device} failed: ${run.message ?? run.reason ?? run.status}`);
      }
    }
    this.#show();
  }

  /** Runs that were asked for. */
  add(page) {
    for (const run of page.list) this.#runs.set(run.id, run);
    this.#limit = Math.max(this.#limit, this.#runs.size);
    const { site, status } = this.filter;
    if ((page.site ?? "") === site && (page.status ?? "") === status) this.#hasOlder = !page.last;
    this.#show();
  }

  // MARK: What people ask for

  #filterChanged() {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(this.filter)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", address);
    this.#hasOlder = true;
    this.#more = 0;
    this.#show();
    this.#askForFiltered();
  }

  #readAddress() {
    const address = new URL(location.href).searchParams;
    this.showSites([address.get("site") ?? ""]);
    this.#site.value = address.get("site") ?? "";
    this.#status.value = address.get("status") ?? "";
  }

  #askForFiltered() { this.#ask("params", clean(this.filter)); }

  #showOlder() {
    const known = this.#matching();
    this.#more += step();
    if (known.length < this.#visible && this.#hasOlder) {
      this.#ask("events", clean({ event: "older", ...this.filter, before: known.at(-1)?.id }));
    }
    this.#show();
  }

  /** The sites there are to choose from; those chosen stay. */
  showSites(sites) {
    const known = new Set([...this.#site.options].map((option) => option.value));
    for (const site of sites) {
      if (site && !known.has(site)) this.#site.append(element("option", { value: site, text: site }));
    }
  }

  // MARK: Showing

  #matching() {
    const { site, status } = this.filter;
    return [...this.#runs.values()]
      .filter((run) => (!site || run.site === site) && (!status || run.status === status))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  #forget() {
    if (this.#runs.size <= this.#limit + 50) return;
    const old = [...this.#runs.values()].filter(isFinal).sort((a, b) => (a.id < b.id ? 1 : -1));
    for (const run of old.slice(this.#limit)) this.#runs.delete(run.id);
    this.#hasOlder = true;
  }

  #show() {
    this.#forget();
    const runs = this.#matching();
    const now = this.#now();
    const row = (run) => makeRow(() => this.open(run.id));
    keyed(byID("run-rows"), runs.slice(0, this.#visible), (run) => run.id, row, (node, run) => showRow(node, run, now));
    byID("runs-empty").hidden = runs.length > 0;
    byID("older").hidden = runs.length === 0 || (runs.length <= this.#visible && !this.#hasOlder);
    const failed = [...this.#runs.values()]
      .filter(isFailure)
      .sort((a, b) => (b.finished ?? b.created) - (a.finished ?? a.created))
      .slice(0, shownErrors);
    keyed(byID("errors"), failed, (run) => run.id, (run) => makeError(() => this.open(run.id)), showError);
    byID("errors-empty").hidden = failed.length > 0;
  }

  /** Has what depends on the time follow it. */
  tick() {
    const now = this.#now();
    for (const node of byID("run-rows").children) {
      const run = this.#runs.get(node.dataset.key);
      if (run) showTimes(node, run, now);
    }
  }
}

const clean = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value));

function makeRow(open) {
  return element(
    "div",
    { role: "row" },
    element("span", { role: "cell", class: "status", "data-part": "status" }),
    element(
      "span",
      { role: "cell", class: "what" },
      element("button", { type: "button", class: "link mono", "data-part": "command", onclick: open }),
      element("span", { class: "quiet", "data-part": "detail" }),
    ),
    element("span", { role: "cell", class: "where" }, element("span", { "data-part": "device" }), element("span", { class: "quiet", "data-part": "site" })),
    element("span", { role: "cell", class: "number output", "data-part": "output" }),
    element("span", { role: "cell", class: "number took", "data-part": "took" }),
    element("time", { role: "cell", class: "number quiet created", "data-part": "created" }),
  );
}

function showRow(node, run, now) {
  const status = part(node, "status");
  setText(status, run.status);
  setAttribute(status, "data-status", run.status);
  const command = part(node, "command");
  setText(command, run.command);
  setAttribute(command, "title", run.command);
  const detail = isFailure(run) && run.message ? run.message : run.status === "canceled" ? (run.message ?? `by ${run.by}`) : `by ${run.by}`;
  setText(part(node, "detail"), detail);
  setText(part(node, "device"), run.device);
  setText(part(node, "site"), run.site);
  setText(part(node, "output"), run.bytes ? format.bytes(run.bytes) + (run.truncated ? "+" : "") : "");
  setAttribute(part(node, "created"), "datetime", new Date(run.created).toISOString());
  setAttribute(part(node, "created"), "title", format.moment(run.created));
  showTimes(node, run, now);
}

function showTimes(node, run, now) {
  setText(part(node, "took"), took(run, now));
  setText(part(node, "created"), `${format.age(now - run.created)} ago`);
}

function makeError(open) {
  return element(
    "li",
    {},
    element("span", { class: "status", "data-part": "status" }),
    element("button", { type: "button", class: "link name", "data-part": "device", onclick: open }),
    element("span", { class: "quiet mono", "data-part": "command" }),
    element("time", { class: "number quiet", "data-part": "at" }),
    element("p", { class: "why", "data-part": "why" }),
  );
}

function showError(node, run) {
  const status = part(node, "status");
  setText(status, run.reason ?? run.status);
  setAttribute(status, "data-status", run.status);
  setText(part(node, "device"), run.device);
  setText(part(node, "command"), run.command);
  setText(part(node, "at"), format.moment(run.finished ?? run.created));
  setAttribute(part(node, "at"), "datetime", new Date(run.finished ?? run.created).toISOString());
  const code = run.exit === null ? "" : ` (exit code ${run.exit})`;
  setText(part(node, "why"), run.message ?? `${run.status}${code}`);
}
