// One run: what is known of it, and its output as it comes.

import { byID, element, setAttribute, setText } from "./elements.js";
import * as format from "./format.js";
import { took } from "./runs.js";
import { EventStream } from "./stream.js";

/** Characters of output that are kept on the page. */
const outputLimit = 400_000;
/** What a terminal would take as colours and moves. */
const escapes = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

export class Follow {
  #dialog = byID("run");
  #output = byID("run-output");
  #token;
  #now;
  #stream = null;
  #run = null;
  #length = 0;
  #decoder = new TextDecoder();

  /** @param cancel asked to end a run */
  constructor({ token, now, cancel }) {
    this.#token = token;
    this.#now = now;
    this.#dialog.addEventListener("close", () => this.#close());
    byID("run-cancel").addEventListener("click", () => cancel(this.#run.id));
    byID("run-tail").addEventListener("change", () => this.#toEnd());
  }

  open(run) {
    this.#close();
    this.#run = run;
    this.#output.replaceChildren();
    this.#length = 0;
    this.#show();
    this.#stream = new EventStream(`/v1/runs/${encodeURIComponent(run.id)}/stream?redacted=true`, {
      token: this.#token,
      onEvent: (name, data) => this.#take(name, data),
      onState: (state) => this.#state(state),
    });
    this.#stream.start();
    if (!this.#dialog.open) this.#dialog.showModal();
    history.replaceState(null, "", `#run-${run.id}`);
  }

  /** The run is so now. */
  update(run) {
    if (this.#run?.id !== run.id) return;
    this.#run = run;
    this.#show();
  }

  tick() {
    if (this.#run && this.#dialog.open) this.#showFacts();
  }

  #close() {
    this.#stream?.stop();
    this.#stream = null;
    if (this.#run && location.hash === `#run-${this.#run.id}`) history.replaceState(null, "", location.pathname + location.search);
    this.#run = null;
  }

  #state(state) {
    const words = { connecting: "connecting…", open: "live", waiting: "connection lost, coming back…", refused: "refused", ended: "complete" };
    setText(byID("run-stream"), words[state] ?? state);
    setAttribute(this.#dialog, "data-stream", state);
  }

  #take(name, data) {
    if (name === "chunk") {
      this.#append(data.text ?? this.#decoder.decode(bytesOf(data.base64)));
    } else if (name === "status" && this.#run && data.finished_at) {
      this.#state("ended");
    }
  }

  #append(text) {
    const clean = text.replace(escapes, "").replace(/\r\n?/g, "\n");
    this.#output.append(clean);
    this.#length += clean.length;
    while (this.#length > outputLimit && this.#output.childNodes.length > 1) {
      this.#length -= this.#output.firstChild.textContent.length;
      this.#output.firstChild.remove();
    }
    this.#toEnd();
  }

  #toEnd() {
    if (byID("run-tail").checked) this.#output.scrollTop = this.#output.scrollHeight;
  }

  #show() {
    const run = this.#run;
    setText(byID("run-title"), run.command);
    const status = byID("run-status");
    setText(status, run.status);
    setAttribute(status, "data-status", run.status);
    const message = run.message ?? "";
    byID("run-message").hidden = !message;
    setText(byID("run-message"), message);
    byID("run-cancel").hidden = run.status !== "running" && run.status !== "pending";
    this.#showFacts();
  }

  #showFacts() {
    const run = this.#run;
    const facts = [
      ["Device", `${run.device} (${run.protocol}, ${run.site})`],
      ["By", run.by],
      ["Created", format.moment(run.created)],
      ["Took", took(run, this.#now())],
      ["Output", format.bytes(run.bytes) + (run.truncated ? ", cut off there" : "")],
      ["Exit code", run.exit === null ? "–" : String(run.exit)],
      ["Run", run.id],
    ];
    const list = byID("run-facts");
    if (list.children.length === 0) {
      list.append(...facts.map(([name]) => element("div", {}, element("dt", { text: name }), element("dd"))));
    }
    facts.forEach(([, text], index) => setText(list.children[index].lastChild, text));
  }
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
