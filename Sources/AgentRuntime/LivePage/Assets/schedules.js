// What repeats: the last run of each schedule, how it ended, and when the next begins.

import { byID, element, keyed, part, setAttribute, setText } from "./elements.js";
import * as format from "./format.js";

export class Schedules {
  #list = [];
  #open;
  #now;

  /**
   * @param open shows one run
   * @param now the agent's time
   */
  constructor({ open, now }) {
    this.#open = open;
    this.#now = now;
  }

  show(list) {
    this.#list = list;
    byID("schedules").hidden = list.length === 0;
    this.tick();
  }

  /** Times go on. */
  tick() {
    keyed(byID("schedule-rows"), this.#list, (one) => one.name, (one) => this.#make(one), (node, one) => this.#fill(node, one));
  }

  #make(one) {
    const node = element(
      "div",
      { role: "row" },
      element(
        "span",
        { role: "rowheader", class: "what" },
        element("span", { class: "name", "data-part": "name", text: one.name }),
        element("span", { class: "quiet", "data-part": "where" }),
      ),
      element(
        "span",
        { role: "cell", class: "what" },
        element("button", { type: "button", class: "link", "data-part": "result", onclick: () => this.#openRun(one.name) }),
        element("span", { class: "quiet", "data-part": "why" }),
      ),
      element("span", { role: "cell", class: "number", "data-part": "last" }),
      element("span", { role: "cell", class: "number", "data-part": "next" }),
    );
    return node;
  }

  #fill(node, one) {
    const now = this.#now();
    setText(part(node, "where"), `${one.device}, every ${format.age(one.every)}`);
    const result = part(node, "result");
    setText(result, one.run ? one.status ?? "under way" : "–");
    setAttribute(result, "disabled", one.run ? null : "");
    setAttribute(result, "data-bad", one.failures > 0 ? "" : null);
    const why = one.reason && one.reason !== one.status ? one.reason.replaceAll("_", " ") : "";
    setText(part(node, "why"), one.failures > 1 ? `${why ? `${why}, ` : ""}${format.count(one.failures)} in a row` : why);
    setText(part(node, "last"), one.begun ? `${format.age(now - one.begun)} ago` : "–");
    setText(part(node, "next"), one.next ? (one.next > now ? `in ${format.age(one.next - now)}` : "now") : "–");
  }

  #openRun(name) {
    const one = this.#list.find((other) => other.name === name);
    if (one?.run) this.#open(one.run);
  }
}
