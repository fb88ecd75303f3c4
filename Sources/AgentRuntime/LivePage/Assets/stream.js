// Server-sent events that come back by themselves, over fetch: unlike EventSource it can carry the token, and it tells
// why it was refused.

const slowest = 8000;
const refusals = new Set([400, 401, 403, 404, 422]);

export class EventStream {
  #path;
  #token;
  #onEvent;
  #onState;
  #retry = 1000;
  #failures = 0;
  #lastID = null;
  #abort = null;
  #timer = null;
  #isStopped = true;

  /**
   * @param path what is asked for
   * @param token answers the token to send, or null
   * @param onEvent called with the name and the parsed data of each event
   * @param onState called with `connecting`, `open`, `waiting` (and for how long), `refused` (and the status), `ended`
   */
  constructor(path, { token = () => null, onEvent, onState = () => {} }) {
    this.#path = path;
    this.#token = token;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  start() {
    this.stop();
    this.#isStopped = false;
    this.#failures = 0;
    this.#connect();
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  /** Gives the connection up for lost and tries anew: where nothing comes although it seems to be open. */
  restart() {
    if (this.#isStopped || !this.#abort) return;
    this.#abort.abort();
  }

  async #connect() {
    const abort = new AbortController();
    this.#abort = abort;
    this.#onState("connecting");
    try {
      const headers = { Accept: "text/event-stream" };
      const token = this.#token();
      if (token) headers.Authorization = `Bearer ${token}`;
      if (this.#lastID !== null) headers["Last-Event-ID"] = this.#lastID;
      const answer = await fetch(this.#path, { headers, signal: abort.signal, cache: "no-store" });
      if (abort.signal.aborted && this.#isStopped) return;
      if (answer.status === 204) return this.#end();
      if (refusals.has(answer.status)) {
        this.#isStopped = true;
        this.#onState("refused", answer.status);
        return;
      }
      if (!answer.ok || !answer.body) throw new Error(`status ${answer.status}`);
      this.#onState("open");
      await this.#read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch {
      // Whatever it was, there is only to try again.
    }
    if (!this.#isStopped && this.#abort === abort) this.#wait();
  }

  #end() {
    this.#isStopped = true;
    this.#onState("ended");
  }

  #wait() {
    this.#abort = null;
    const wait = Math.min(this.#retry * 1.6 ** this.#failures, slowest) * (0.8 + Math.random() * 0.4);
    this.#failures += 1;
    this.#onState("waiting", wait);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  async #read(reader) {
    let rest = "";
    let event = { name: "message", data: [], id: null };
    for (;;) {
      const { value, done } = await reader.read();
      if (done || this.#isStopped) return;
      const lines = (rest + value).split(/\r\n|\n|\r/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          this.#dispatch(event);
          if (this.#isStopped) return;
          event = { name: "message", data: [], id: null };
        } else {
          this.#take(line, event);
        }
      }
    }
  }

  #take(line, event) {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event.name = value;
    else if (field === "data") event.data.push(value);
    else if (field === "id") event.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.#retry = Math.min(Number(value), slowest);
  }

  #dispatch(event) {
    if (event.id !== null) this.#lastID = event.id;
    if (event.data.length === 0) return;
    this.#failures = 0;
    this.#onEvent(event.name, JSON.parse(event.data.join("\n")), event.id);
  }
}
