// The built-in page: live agents, devices, rules and a chat box over one WebSocket.

import { forgetApprovals, onApproval, setServerTime, tick } from "/page/approvals.js";
import { agentRow, byId, deviceGroups, element, replyMeta, ruleRow } from "/page/view.js";

const EXAMPLES = ["turn on the kitchen light", "what is the temperature in the kitchen?", "/rules", "/why", "/help"];
const RULES_EVERY = 20000;
const FLEET_EVERY = 5000;
const FLASH = 1500;
const TYPED_PIN = /^(\s*\/approve\s+\S+|\s*(?:yes|ja)[,:]?)\s+\S+\s*$/i;
const session = `page-${crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2)}`;

const agents = new Map();
const spawned = new Map();
const devices = new Map();
const changed = new Set();
const waiting = new Map();
let socket = null;
let retries = 0;
let homeTimer = 0;
let rulesTimer = 0;
let fleetTimer = 0;

function merge(target, patch) {
  for (const [key, value] of Object.entries(patch)) {
    const both = value && target[key] && typeof value === "object" && typeof target[key] === "object";
    target[key] = both && !Array.isArray(value) ? merge({ ...target[key] }, value) : value;
  }
  return target;
}

function showConnection(state, label) {
  const badge = byId("connection");
  badge.dataset.state = state;
  badge.textContent = label;
  byId("say").querySelector("button").disabled = state === "away";
}

function showAgents() {
  const now = Date.now() / 1000;
  const heard = new Set([...agents.values()].map((agent) => agent.name));
  const unheard = [...spawned.values()].filter((agent) => !heard.has(agent.name)).map(asEntry);
  const known = [...agents.values(), ...unheard].sort((a, b) => a.name.localeCompare(b.name));
  const running = known.filter((agent) => agent.state === "running").length;
  byId("agents-count").textContent = known.length ? `${running} of ${known.length} running` : "";
  const rows = known.map((agent) => agentRow(agent, now, spawned.get(agent.name)?.spawned));
  if (known.length) byId("agents").replaceChildren(...rows);
}

const asEntry = (agent) => ({ ...agent, agent_id: agent.id, last_update: agent.spawned.updated_at });

async function loadFleet() {
  clearTimeout(fleetTimer);
  try {
    const rows = await fetched("/api/agents");
    spawned.clear();
    for (const row of rows) if (row.spawned) spawned.set(row.name, row);
    showAgents();
  } catch {
    // nobody can be asked now: the list stays as it is
  }
  fleetTimer = setTimeout(loadFleet, document.hidden ? 4 * FLEET_EVERY : FLEET_EVERY);
}

function onDecided(answer) {
  finish(addMessage("", false), { content: answer.text, from: "gateway", status: answer.status });
}

function showDevices() {
  const known = [...devices.values()];
  byId("devices-count").textContent = known.length ? `${known.length} devices` : "";
  if (known.length) byId("devices").replaceChildren(...deviceGroups(known, changed));
}

async function fetched(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? `${path} answered ${response.status}`);
  return body;
}

async function loadHome() {
  clearTimeout(homeTimer);
  try {
    const home = await fetched("/api/home");
    devices.clear();
    for (const device of home.entities) devices.set(device.entity_id, device);
    byId("home-name").textContent = home.demo ? `${home.name} (simulated)` : home.name;
    showDevices();
  } catch (error) {
    if (!devices.size) byId("devices").replaceChildren(element("p", { class: "empty", textContent: error.message }));
    homeTimer = setTimeout(loadHome, 3000);
  }
}

async function loadRules() {
  clearTimeout(rulesTimer);
  try {
    const rules = await fetched("/api/rules");
    byId("rules-count").textContent = rules.length ? String(rules.length) : "";
    const empty = element("li", { class: "empty", textContent: "No rules yet. Say: when … then …" });
    byId("rules").replaceChildren(...(rules.length ? rules.map(ruleRow) : [empty]));
  } catch (error) {
    byId("rules").replaceChildren(element("li", { class: "empty", textContent: error.message }));
  }
  rulesTimer = setTimeout(loadRules, RULES_EVERY);
}

function onStateChange(event) {
  const device = devices.get(event.entity_id);
  if (!device) return;
  if (!event.new_state) return void loadHome();
  const moved = device.state !== event.new_state.state;
  device.state = event.new_state.state;
  device.attributes = event.new_state.attributes ?? device.attributes;
  if (moved) {
    changed.add(device.entity_id);
    setTimeout(() => { changed.delete(device.entity_id); showDevices(); }, FLASH);
  }
  showDevices();
}

function addMessage(text, mine) {
  const words = element("div", { class: "words", textContent: text });
  const item = element("li", { class: mine ? "mine" : "" }, words);
  byId("messages").append(item);
  scrollDown();
  return item;
}

function scrollDown() {
  const list = byId("messages");
  list.scrollTop = list.scrollHeight;
}

function finish(item, reply) {
  item.classList.remove("waiting");
  item.querySelector(".words").textContent = reply.content;
  item.append(replyMeta(reply));
  scrollDown();
  clearTimeout(rulesTimer);
  rulesTimer = setTimeout(loadRules, 300);
  fleetTimer = later(fleetTimer, loadFleet, 300);
}

function later(timer, work, milliseconds) {
  clearTimeout(timer);
  return setTimeout(work, milliseconds);
}

function onReply(frame) {
  const item = waiting.get(frame.id);
  if (!item) return void finish(addMessage("", false), frame);
  waiting.delete(frame.id);
  finish(item, frame);
}

function onError(frame) {
  const item = waiting.get(frame.id) ?? waiting.get(frame.request);
  const reply = { content: frame.detail, from: "gateway", status: "failed" };
  waiting.delete(frame.id);
  waiting.delete(frame.request);
  finish(item ?? addMessage("", false), reply);
}

const handlers = {
  full_snapshot: (frame) => {
    agents.clear();
    for (const agent of frame.state.agents) agents.set(agent.agent_id, agent);
    showAgents();
    forgetApprovals();
  },
  pong: (frame) => setServerTime(frame.timestamp),
  approval: (frame) => onApproval(frame.approval, onDecided),
  patch: (frame) => {
    for (const patch of frame.state.agents ?? []) {
      agents.set(patch.agent_id, merge({ ...(agents.get(patch.agent_id) ?? {}) }, patch));
    }
    showAgents();
  },
  delete_agent: (frame) => { agents.delete(frame.agent_id); showAgents(); },
  mqtt_status: (frame) => showConnection(frame.connected ? "running" : "late", frame.connected ? "live" : "broker away"),
  server_event: (frame) => {
    if (frame.topic.startsWith("homeassistant/state_changes")) onStateChange(frame.payload);
    if (frame.topic.startsWith("custom/triggers/")) setTimeout(loadRules, 500);
  },
  accepted: (frame) => {
    const item = waiting.get(frame.request);
    if (item) { waiting.delete(frame.request); waiting.set(frame.id, item); }
  },
  stream_chunk: (frame) => {
    const item = waiting.get(frame.id);
    if (item) { item.querySelector(".words").textContent += frame.content; scrollDown(); }
  },
  stream_end: onReply,
  chat: onReply,
  error: onError,
};

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.onopen = () => {
    retries = 0;
    socket.send(JSON.stringify({ type: "ping" }));
    loadHome();
    loadRules();
    loadFleet();
  };
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    handlers[frame.type]?.(frame);
  };
  socket.onclose = () => {
    showConnection("away", "not connected");
    for (const item of new Set(waiting.values())) {
      finish(item, { content: "The connection was lost before the answer came.", from: "page", status: "unknown" });
    }
    waiting.clear();
    setTimeout(connect, Math.min(5000, 300 * 2 ** retries++));
  };
}

function say(text) {
  if (!socket || socket.readyState !== WebSocket.OPEN) return false;
  const request = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
  addMessage(text.replace(TYPED_PIN, "$1 ••••"), true);
  const item = addMessage("", false);
  item.classList.add("waiting");
  waiting.set(request, item);
  socket.send(JSON.stringify({ type: "chat", content: text, session, id: request }));
  return true;
}

byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("text");
  const text = field.value.trim();
  if (text && say(text)) field.value = "";
});
byId("examples").append(...EXAMPLES.map((text) => {
  const button = element("button", { type: "button", textContent: text });
  button.addEventListener("click", () => say(text));
  return button;
}));
fetched("/api/config").then((config) => { byId("version").textContent = `Wactorz ${config.version}`; }, () => {});
setInterval(showAgents, 5000);
setInterval(tick, 1000);
new ResizeObserver(scrollDown).observe(byId("messages"));
addMessage("Tell me what you want in your own words. I say with each answer how I understood you.", false);
connect();
