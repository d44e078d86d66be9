// A small stand-in for the gateway: serves a built dashboard, and as many agents and messages as are wanted.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; connect-src 'self'; manifest-src 'self'; font-src 'self'; img-src 'self' data: blob:; object-src 'none'";
const WS_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TICK_MS = 20;
const ROOMS = ["Kitchen", "Living room", "Bedroom", "Hall", "Bathroom", "Garage", "Office", "Garden"];
const SERVICES = [
  ..."main planner monitor llm topics notifier io-agent dynamic-agent home-assistant-agent".split(" "),
  ..."home-assistant-actuator home-assistant-state-bridge home-assistant-map-agent".split(" "),
];
const JOBS = "weather news garden heating presence blinds camera energy alarm laundry music guests".split(" ");

const chance = (seed) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Agents as `GET /api/agents` lists them. */
export function makeAgents(count, random) {
  const now = Date.now() / 1000;
  return Array.from({ length: count }, (_, index) => {
    const isService = index < SERVICES.length;
    const name = isService ? SERVICES[index] : `${JOBS[index % JOBS.length]}-${Math.floor(index / JOBS.length)}`;
    const node = isService || index % 4 === 0 ? "" : ["attic-pi", "garage-pi", "office-nuc"][index % 3];
    const trouble = isService ? 1 : random();
    const state = trouble < 0.02 ? "failed" : trouble < 0.04 ? "paused" : trouble < 0.06 ? "degraded" : "running";
    return {
      id: `wid-${index}`,
      name,
      state,
      protected: index < 2,
      essential: index < 4,
      agentType: isService ? "service" : ["dynamic", "llm", "sensor"][index % 3],
      description: `Looks after ${name}`,
      node,
      last_seen: now,
      uptime: 3600,
      mem: 30 + random() * 60,
      pid: 1000 + index,
      task: index % 5 === 0 ? `Checks ${JOBS[index % JOBS.length]} for the ${ROOMS[index % 8].toLowerCase()}` : "",
      messagesProcessed: Math.floor(random() * 5000),
      errors: Math.floor(random() * 4),
      restart_count: 0,
      costUsd: index % 6 === 0 ? random() ** 3 * 2 : 0,
      last_error: null,
      spawned: null,
    };
  });
}

/** A house as `GET /api/house` tells it. */
export function makeHouse() {
  const entity = (room, domain, kind, state, actions, risk = "B", unit = null) => ({
    entity_id: `${domain}.${room.toLowerCase().replace(" ", "_")}_${kind.toLowerCase()}`,
    name: `${room} ${kind}`,
    domain,
    device_class: kind === "motion" ? "motion" : null,
    state,
    unit,
    attributes: {},
    risk,
    actions,
    asks: [],
    available: true,
    last_changed: Date.now() / 1000 - 600,
  });
  const rooms = ROOMS.map((name, index) => ({
    id: name.toLowerCase().replace(" ", "_"),
    name,
    floor: "Ground floor",
    entities: [
      entity(name, "light", "light", index % 3 ? "off" : "on", ["turn_on", "turn_off"]),
      entity(name, "binary_sensor", "motion", "off", [], "A"),
      entity(name, "sensor", "temperature", (19 + index / 2).toFixed(1), [], "A", "°C"),
      ...(index % 2 ? [entity(name, "cover", "blinds", "closed", ["open", "close"])] : []),
      ...(name === "Hall" || name === "Garage"
        ? [entity(name, "lock", "lock", "locked", ["lock", "unlock"], "C")]
        : []),
    ],
  }));
  return { name: "Demo", rooms, version: 1, source: "demo", stale: false, units: {} };
}

/** Start it; `rate`: messages a second. Returns its address, its world and `close`. */
export async function startGateway({ dist, count = 200, rate = 500, seed = 7, broken = [] }) {
  const random = chance(seed);
  const world = { agents: [...makeAgents(count, random), ...broken], house: makeHouse(), random, sent: 0 };
  const clients = new Set();
  const server = createServer((request, response) => void answer(request, response, dist, world));
  server.on("upgrade", (request, socket) => join_(request, socket, clients));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const send = (topic, payload) => {
    world.sent += 1;
    const frame = { type: "event", id: `b-${world.sent}`, topic, payload, timestamp: Date.now() / 1000 };
    for (const client of clients) if (client.subscribed) write(client.socket, JSON.stringify(frame));
  };
  const timer = rate ? chatter(world, rate, send) : undefined;
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    world,
    send,
    close() {
      clearInterval(timer);
      for (const { socket } of clients) socket.destroy();
      server.close();
    },
  };
}

async function answer(request, response, dist, world) {
  const path = new URL(request.url, "http://localhost").pathname;
  const json = (body, status = 200) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  if (path === "/api/session")
    return json({
      person: "Ada",
      role: "owner",
      csrf: "",
      has_owner: true,
      setup_needed: false,
      login_needed: false,
      version: "0",
      expires_at: null,
    });
  if (path === "/api/agents") return json(world.agents);
  if (path === "/api/house") return json(world.house);
  if (path.startsWith("/api/")) return json(path === "/api/halt" ? { halted: false } : [], 200);
  try {
    const file = join(dist, normalize(path === "/" ? "/index.html" : path));
    const body = await readFile(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function join_(request, socket, clients) {
  const accept = createHash("sha1")
    .update(request.headers["sec-websocket-key"] + WS_GUID)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const client = { socket, subscribed: false };
  clients.add(client);
  socket.on("error", () => clients.delete(client));
  socket.on("close", () => clients.delete(client));
  socket.on("data", (bytes) => {
    const text = unmask(bytes);
    if (text.includes('"ping"')) write(socket, '{"type":"pong"}');
    if (!text.includes('"subscribe"')) return;
    client.subscribed = true;
    write(socket, JSON.stringify({ type: "subscribed", topics: [], last_id: "", gap: false }));
    write(socket, JSON.stringify({ type: "mqtt_status", connected: true }));
  });
}

function unmask(bytes) {
  const short = bytes[1] & 127;
  const start = short === 126 ? 4 : 2;
  const mask = bytes.subarray(start, start + 4);
  return Buffer.from(bytes.subarray(start + 4).map((byte, index) => byte ^ mask[index % 4])).toString();
}

function write(socket, text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([129, body.length]) : Buffer.alloc(body.length < 65_536 ? 4 : 10);
  if (body.length >= 126) {
    head[0] = 129;
    head[1] = body.length < 65_536 ? 126 : 127;
    if (body.length < 65_536) head.writeUInt16BE(body.length, 2);
    else head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  socket.write(Buffer.concat([head, body]));
}

function chatter(world, rate, send) {
  let owed = 0;
  let before = Date.now();
  let turn = 0;
  let flowsAt = 0;
  return setInterval(() => {
    owed = Math.min(owed + (rate * (Date.now() - before)) / 1000, rate);
    before = Date.now();
    if (Date.now() - flowsAt > 500) {
      flowsAt = Date.now();
      send("system/flows", flows(world));
      owed -= 1;
    }
    for (; owed >= 1; owed -= 1) {
      turn += 1;
      say(world, turn, send, rate);
    }
  }, TICK_MS);
}

function say(world, turn, send, rate) {
  const { agents, random } = world;
  const timestamp = Date.now() / 1000;
  const beats = Math.max(1, Math.round(rate / (agents.length / 10)));
  if (turn % beats === 0) return beat(agents[(turn / beats) % agents.length], timestamp, send);
  const kind = turn % 25;
  if (kind === 1) {
    const agent = pick(agents, random);
    agent.costUsd += agent.costUsd ? 0.0004 : 0;
    return send(`agents/${agent.id}/metrics`, {
      actor_id: agent.id,
      messages_processed: turn,
      errors: agent.errors,
      cost_usd: agent.costUsd,
    });
  }
  if (kind === 2 || kind === 3) return change(world, send, timestamp);
  if (kind === 4 && turn % 50 === 4) return actuate(world, send, timestamp);
  const topic = ["custom", "sensors", "home"][turn % 3];
  send(`${topic}/meter-${turn % 97}`, { value: random() * 100, unit: "W", timestamp });
}

function beat(agent, timestamp, send) {
  const { id, name, state, task, node } = agent;
  if (state === "failed") return;
  agent.last_seen = timestamp;
  send(`agents/${id}/heartbeat`, {
    actor_id: id,
    name,
    timestamp,
    state,
    memory_mb: agent.mem,
    task,
    node,
    pid: agent.pid,
  });
}

function change(world, send, timestamp) {
  const entity = pick(pick(world.house.rooms, world.random).entities, world.random);
  const before = entity.state;
  if (entity.domain === "sensor") entity.state = (18 + world.random() * 6).toFixed(1);
  else if (entity.domain === "binary_sensor" || entity.domain === "light")
    entity.state = before === "on" ? "off" : "on";
  const { entity_id, domain, name, device_class } = entity;
  const attributes = { friendly_name: name, device_class };
  send(`homeassistant/state_changes/${domain}/${entity_id}`, {
    type: "home_assistant_state_change",
    entity_id,
    domain,
    timestamp,
    new_state: { state: entity.state, attributes },
    old_state: { state: before, attributes },
  });
}

function actuate(world, send, timestamp) {
  const light = pick(world.house.rooms, world.random).entities[0];
  const actuator = world.agents.find((agent) => agent.name === "home-assistant-actuator");
  if (!actuator) return;
  send(`agents/${actuator.id}/actuations`, {
    automation_id: "r1",
    task_id: `t${timestamp}`,
    actions: [],
    timestamp,
    entity_ids: [light.entity_id],
    outcome: "done",
  });
}

function flows({ agents, random }) {
  const rows = Array.from({ length: Math.min(120, agents.length * 2) }, () => {
    const [sender, receiver] = [pick(agents, random).name, pick(agents, random).name];
    const kind = ["task", "reply", "event", "chat"][Math.floor(random() * 4)];
    return {
      sender,
      receiver: random() < 0.1 ? "" : receiver,
      kind,
      topic: `agents/by-name/${receiver}/task`,
      count: 1 + Math.floor(random() ** 4 * 30),
    };
  });
  return { timestamp: Date.now() / 1000, flows: rows, left_out: 0 };
}

function pick(values, random) {
  return values[Math.floor(random() * values.length)];
}
