// What acts, with the token: it stays in this page, or until the tab is closed where a person wants that.

import { byID, element, setText } from "./elements.js";

const place = "agent-token";

export class Actions {
  #token = sessionStorage.getItem(place);
  #onToken;
  #announce;
  /** What waits for a token. */
  #then = null;

  /** @param onToken told when there is another one */
  constructor({ onToken, announce }) {
    this.#onToken = onToken;
    this.#announce = announce;
    byID("token").addEventListener("click", () => this.askForToken());
    byID("start").addEventListener("click", () => this.#withToken(() => this.#openStart()));
    byID("token-form").addEventListener("submit", (event) => this.#takeToken(event));
    byID("token-forget").addEventListener("click", () => this.#forget());
    byID("start-form").addEventListener("submit", (event) => this.#start(event));
    byID("start-device").addEventListener("change", () => this.#showAccepted());
    for (const button of document.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
    this.#showToken();
  }

  get token() { return this.#token; }

  // MARK: The token

  /** @param why what is wrong with the one there is */
  askForToken(why = "", then = null) {
    this.#then = then;
    byID("token-error").hidden = !why;
    setText(byID("token-error"), why);
    byID("token-text").value = "";
    byID("token-keep").checked = sessionStorage.getItem(place) !== null;
    byID("token-forget").hidden = this.#token === null;
    if (!byID("token-dialog").open) byID("token-dialog").showModal();
    byID("token-text").focus();
  }

  #withToken(then) {
    if (this.#token) then();
    else this.askForToken("", then);
  }

  #takeToken(event) {
    event.preventDefault();
    const text = byID("token-text").value.trim();
    if (!text) return;
    this.#token = text;
    if (byID("token-keep").checked) sessionStorage.setItem(place, text);
    else sessionStorage.removeItem(place);
    byID("token-text").value = "";
    byID("token-dialog").close();
    this.#showToken();
    this.#onToken();
    const then = this.#then;
    this.#then = null;
    then?.();
  }

  #forget() {
    this.#token = null;
    sessionStorage.removeItem(place);
    this.#showToken();
    byID("token-dialog").close();
    this.#onToken();
  }

  #showToken() {
    byID("token").dataset.set = this.#token === null ? "no" : "yes";
    setText(byID("token"), this.#token === null ? "Token" : "Token ✓");
  }

  // MARK: Acting

  /** The answer's object; throws a sentence for people where it was refused. */
  async #ask(method, path, body) {
    const headers = {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" });
    const text = await answer.text();
    const object = text.startsWith("{") ? JSON.parse(text) : {};
    if (answer.ok) return object;
    const error = new Error(object.message ?? `the agent answered ${answer.status}`);
    error.needsToken = answer.status === 401;
    throw error;
  }

  /** Tells the session what a person did; what becomes of it comes with the events. */
  async tellSession(session, callback, object) {
    try {
      await this.#ask("POST", `/v1/live/${session}/${callback}`, object);
    } catch (error) {
      this.#announce(error.message);
    }
  }

  async #openStart() {
    try {
      const { devices } = await this.#ask("GET", "/v1/devices");
      const select = byID("start-device");
      const chosen = select.value;
      select.replaceChildren(
        ...devices.map((device) => {
          const option = element("option", { value: device.id, text: `${device.id} (${device.site})` });
          option.dataset.accepts = (device.commands ?? []).join("\n");
          return option;
        }),
      );
      if (devices.some((device) => device.id === chosen)) select.value = chosen;
      this.#showAccepted();
      byID("start-error").hidden = true;
      byID("start-dialog").showModal();
      byID("start-command").focus();
    } catch (error) {
      this.#failed(error, () => this.#openStart());
    }
  }

  #showAccepted() {
    const accepts = byID("start-device").selectedOptions[0]?.dataset.accepts ?? "";
    setText(byID("start-accepts"), accepts ? `It accepts: ${accepts.split("\n").join(", ")}` : "It accepts any command.");
  }

  async #start(event) {
    event.preventDefault();
    const go = byID("start-go");
    go.disabled = true;
    try {
      await this.#ask("POST", "/v1/runs", {
        device_id: byID("start-device").value, command: byID("start-command").value, requested_by: "page",
      });
      byID("start-dialog").close();
      this.#announce("The run was started.");
    } catch (error) {
      if (error.needsToken) {
        byID("start-dialog").close();
        this.#failed(error, () => this.#openStart());
      } else {
        setText(byID("start-error"), error.message);
        byID("start-error").hidden = false;
      }
    } finally {
      go.disabled = false;
    }
  }

  cancel(id) {
    this.#withToken(async () => {
      try {
        await this.#ask("POST", `/v1/runs/${encodeURIComponent(id)}/cancel`, { requested_by: "page" });
        this.#announce("The run is being canceled.");
      } catch (error) {
        this.#failed(error, () => this.cancel(id));
      }
    });
  }

  #failed(error, again) {
    if (error.needsToken) this.askForToken(error.message, again);
    else this.#announce(error.message);
  }
}
