// Builds the page's elements. Everything that comes from outside is set as text, never as HTML.

const INACTIVE = new Set(["off", "closed", "locked", "idle", "standby", "unavailable", "unknown", "docked", "not_home",
  "disarmed", "clear", "paused"]);
const SENSED = {
  door: ["closed", "open"], garage_door: ["closed", "open"], window: ["closed", "open"], opening: ["closed", "open"],
  motion: ["no motion", "motion"], occupancy: ["empty", "occupied"], presence: ["away", "home"],
  moisture: ["dry", "wet"], smoke: ["no smoke", "smoke"], lock: ["locked", "unlocked"],
};
const ENDS = { waiting: "waits for your yes", unknown: "sent, not confirmed", expired: "too late, not done", failed: "failed" };
const UNIT_SECONDS = [["d", 86400], ["h", 3600], ["min", 60]];

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "data") Object.assign(made.dataset, value);
    else if (name === "class") made.className = value;
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const byId = (id) => document.getElementById(id);

export function duration(seconds) {
  if (seconds === null || seconds === undefined || seconds < 0) return "";
  for (const [unit, length] of UNIT_SECONDS) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  }
  return `${Math.floor(seconds)} s`;
}

export const badge = (state, label = state) => element("span", { class: "badge", data: { state }, textContent: label });

export function agentRow(agent, now, spawned) {
  const alive = !["stopped", "failed", "quarantined"].includes(agent.state);
  const uptime = alive && agent.started_at ? `up ${duration(now - agent.started_at)}` : "";
  const seen = `seen ${duration(Math.max(0, now - agent.last_update)) || "0 s"} ago`;
  const memory = agent.mem ? `${Math.round(agent.mem)} MB` : "";
  const facts = [uptime, seen, memory, spawned?.node ?? agent.node].filter(Boolean).join(" · ");
  return element("li", {},
    element("div", { class: "row" },
      element("span", { class: "name", textContent: agent.name, title: agent.description || agent.agent_id }),
      spawned ? badge("spawned") : null, badge(agent.state)),
    element("p", { class: "sub", textContent: agent.description || "" }),
    spawned?.problem ? element("p", { class: "sub problem", textContent: spawned.problem }) : null,
    element("p", { class: "sub", textContent: facts }));
}

export function ruleRow(rule) {
  const fired = rule.last_fired_at ? `, last at ${new Date(rule.last_fired_at * 1000).toLocaleTimeString()}` : "";
  const times = rule.firings === 1 ? "once" : `${rule.firings} times`;
  const facts = `${rule.rule_id} · acted ${times}${fired}${rule.note ? ` · ${rule.note}` : ""}`;
  return element("li", {},
    element("div", { class: "row" },
      element("span", { class: "name", textContent: rule.task, title: rule.summary || rule.task }), badge(rule.status)),
    rule.summary && rule.summary !== rule.task ? element("p", { class: "sub", textContent: rule.summary }) : null,
    element("p", { class: "sub", textContent: facts }));
}

export function stateText(device) {
  const state = device.state ?? "unknown";
  const details = device.attributes ?? {};
  const sensed = device.domain === "binary_sensor" ? SENSED[device.device_class] : undefined;
  if (sensed && (state === "off" || state === "on")) return sensed[state === "on" ? 1 : 0];
  if (device.unit) return `${state} ${device.unit}`;
  if (device.domain === "light" && state === "on" && Number.isFinite(details.brightness)) {
    return `on · ${Math.round(details.brightness / 2.55)} %`;
  }
  if (device.domain === "climate" && Number.isFinite(details.temperature)) return `${state} · ${details.temperature}°`;
  if (device.domain === "cover" && Number.isFinite(details.current_position)) {
    return `${state} · ${details.current_position} %`;
  }
  return state;
}

const isActive = (device) => device.domain !== "sensor" && device.state && !INACTIVE.has(device.state);

export function deviceCard(device, changed) {
  return element("li", {
    class: changed ? "changed" : "", title: device.entity_id, data: { active: String(Boolean(isActive(device))) },
  },
  element("span", { class: "name", textContent: device.name }),
  element("span", { class: "value", textContent: stateText(device) }));
}

export function deviceGroups(devices, changed) {
  const rooms = new Map();
  for (const device of devices) {
    const room = device.area || "No room";
    rooms.set(room, [...(rooms.get(room) ?? []), device]);
  }
  return [...rooms].flatMap(([room, members]) => [
    element("h3", { textContent: room }),
    element("ul", { ariaLabel: room }, ...members.map((device) => deviceCard(device, changed.has(device.entity_id)))),
  ]);
}

export function replyMeta(reply) {
  const price = reply.cost_usd ? element("span", { textContent: `$${reply.cost_usd.toFixed(4)}` }) : null;
  const problem = reply.status && reply.status !== "done" ? badge(reply.status, ENDS[reply.status] ?? reply.status) : null;
  const source = reply.source ? badge(reply.source, `understood by ${reply.source}`) : null;
  return element("p", { class: "meta" }, element("span", { textContent: reply.from ?? "" }), source, problem, price);
}
