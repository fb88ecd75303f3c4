// The page: one stream of events, and what is shown of them.

import { Actions } from "./actions.js";
import { Sites, Tiles, showAlerts, showFaults, showIntake, showPlugins } from "./cards.js";
import { byID, setAttribute, setText } from "./elements.js";
import { Follow } from "./follow.js";
import * as format from "./format.js";
import { Runs } from "./runs.js";
import { Schedules } from "./schedules.js";
import { EventStream } from "./stream.js";

/** Ticks that may be missing before what is shown counts as old, and before the connection is given up for lost. */
const staleTicks = 4;
const lostTicks = 15;
const kept = 300;

const page = {
  session: null, tick: 1000, offset: 0, started: null, heard: 0, state: "connecting", isPaused: false,
  points: [], quota: null, sites: [], alerts: [],
};

/** The agent's time. */
const now = () => Date.now() + page.offset;

const announce = (text) => setText(byID("news"), text);
const actions = new Actions({ onToken: () => stream.start(), announce });
const follow = new Follow({ token: () => actions.token, now, cancel: (id) => actions.cancel(id) });
const runs = new Runs({ open: openRun, ask: tellSession, now, announce });
const schedules = new Schedules({ open: showRun, now });
const tiles = new Tiles();
const sites = new Sites();
const stream = new EventStream("/v1/live", { token: () => actions.token, onEvent: take, onState: connection });

function tellSession(callback, object) {
  if (page.session) actions.tellSession(page.session, callback, object);
}

function openRun(id) {
  const run = runs.find(id);
  if (run) follow.open(run);
}

/** One that may be older than those that are shown. */
function showRun(id) {
  if (runs.find(id)) openRun(id);
  else tellSession("events", { event: "run", id });
}

// MARK: What comes

function take(name, data) {
  page.heard = Date.now();
  handlers[name]?.(data);
  showConnection();
}

const handlers = {
  hello({ session, tick_ms: tick }) {
    page.session = session;
    page.tick = tick;
    if (page.isPaused) tellSession("events", { event: "pause" });
  },
  page(data) {
    page.offset = data.agent.now - Date.now();
    page.started = data.agent.started;
    setText(byID("version"), data.agent.version);
    handlers.configuration(data.agent.config);
    page.points = data.history;
    document.body.toggleAttribute("data-runs", data.runs !== undefined);
    byID("start").hidden = data.runs === undefined;
    if (data.runs) {
      page.quota = data.quota;
      showSites(data.sites);
      schedules.show(data.schedules);
      runs.replace(data.runs.list);
    }
    showPlugins(data.plugins);
    showFaults(data.faults);
    page.alerts = data.alerts.reverse();
    showAlerts(page.alerts);
    showFigures();
    openFromAddress();
  },
  runs(data) {
    runs.merge(data.list);
    for (const run of data.list) follow.update(run);
  },
  older(data) { runs.add(data); },
  run({ id, run }) {
    page.notice = run ? "" : `The run ${id} is not kept any more.`;
    if (run) follow.open(run);
    showConnection();
  },
  quota(data) {
    page.quota = data;
    sites.show(page.quota, page.sites);
  },
  configuration(hash) { setText(byID("configuration"), `configuration ${hash}`); },
  sites: showSites,
  schedules(data) { schedules.show(data); },
  plugins: showPlugins,
  faults: showFaults,
  alerts(data) {
    page.alerts = [...data.reverse(), ...page.alerts].slice(0, 20);
    showAlerts(page.alerts);
    if (page.alerts[0]) announce(`${page.alerts[0].subject}: ${page.alerts[0].text}`);
  },
  figures(data) {
    page.points = [...page.points, data].slice(-kept);
    page.offset = data.at - Date.now();
    showIntake(data);
    showFigures();
  },
};

function showSites(data) {
  page.sites = data;
  sites.show(page.quota, page.sites);
  runs.showSites([...data, ...(page.quota?.sites ?? [])].map((site) => site.site));
}

function showFigures() {
  tiles.show(page.points, page);
}

/** A run that the address names is shown. */
function openFromAddress() {
  const id = location.hash.startsWith("#run-") ? location.hash.slice(5) : "";
  if (!id || byID("run").open) return;
  // Of the runs the page has the newest only.
  showRun(id);
}

// MARK: Whether it is live

function connection(state, detail) {
  page.state = state;
  page.retryAt = state === "waiting" ? Date.now() + detail : null;
  if (state === "connecting" || state === "waiting") page.session = null;
  if (state === "open") page.heard = Date.now();
  if (state === "refused") refused(detail);
  showConnection();
}

function refused(status) {
  if (status !== 401) return;
  actions.askForToken(actions.token ? "That token is not the agent's." : "Looking at this agent from here needs its token.");
}

function showConnection() {
  const age = Date.now() - page.heard;
  const isOld = page.heard > 0 && age > staleTicks * page.tick;
  const state = page.state !== "open" ? page.state : page.isPaused ? "paused" : isOld ? "stale" : "live";
  setAttribute(document.body, "data-state", state);
  setAttribute(document.body, "data-stale", isOld && !page.isPaused ? "" : null);
  const texts = {
    live: "Live", paused: "Paused", stale: "Stale", connecting: page.heard ? "Reconnecting…" : "Connecting…",
    waiting: "Disconnected", refused: "Refused",
  };
  setText(byID("connection-text"), texts[state]);
  document.title = state === "live" ? `agent: ${page.points.at(-1)?.active ?? 0} active` : `agent: ${texts[state]}`;
  showBanner(isOld && !page.isPaused, state);
}

function showBanner(isOld, state) {
  const banner = byID("banner");
  banner.hidden = !isOld && state !== "refused" && !page.notice;
  if (banner.hidden) return;
  if (state === "refused") {
    setText(banner, "The agent refused to show this page; its token may be needed.");
    return;
  }
  if (!isOld) {
    setText(banner, page.notice);
    return;
  }
  // Told once, not each second.
  setText(banner, `What is shown is old: nothing has come since ${format.moment(page.heard)}.`);
}

function beat() {
  if (page.state === "open" && !page.isPaused && Date.now() - page.heard > lostTicks * page.tick) {
    stream.restart();
  }
  showConnection();
  runs.tick();
  schedules.tick();
  follow.tick();
  if (page.started) setText(byID("uptime"), `up ${format.duration(now() - page.started)}`);
}

byID("pause").addEventListener("click", () => {
  page.isPaused = !page.isPaused;
  setAttribute(byID("pause"), "aria-pressed", String(page.isPaused));
  setText(byID("pause"), page.isPaused ? "Resume" : "Pause");
  page.heard = Date.now();
  tellSession("events", { event: page.isPaused ? "pause" : "resume" });
  showConnection();
});

setInterval(beat, 1000);
stream.start();
