import type { SpawnSpec } from "../../contracts/rest";

/** What the form for an agent holds: every field as it is typed. */
export interface Draft {
  name: string;
  type: "dynamic" | "llm";
  description: string;
  code: string;
  systemPrompt: string;
  pollInterval: string;
  install: string;
  publish: string;
  subscribe: string;
  http: string;
  agents: string;
  model: boolean;
  memory: string;
  cpu: string;
  node: string;
  replace: boolean;
}

/** Fields that can be wrong. */
export type Field = keyof Draft;
/** Why, as the key of a text. */
export type Fault =
  | "needsName"
  | "badName"
  | "needsCode"
  | "needsPrompt"
  | "badInterval"
  | "badMemory"
  | "badCpu"
  | "tooLong"
  | "badTopic"
  | "badHost";

const EXAMPLE = `async def setup(agent):
    agent.state["count"] = agent.recall("count", 0)


async def process(agent):
    agent.state["count"] += 1
    agent.persist("count", agent.state["count"])
    agent.publish("custom/counter", {"count": agent.state["count"]})
    agent.log(f"counted to {agent.state['count']}")


async def handle_task(agent, payload):
    return {"count": agent.state["count"]}
`;
const LONGEST = { name: 64, description: 2_000, code: 256 * 1024, systemPrompt: 32_000 } as const;
const DEFAULTS = { interval: 1, memory: 128, cpu: 0.5 } as const;

/** A form that counts, to begin with. */
export function blankDraft(): Draft {
  return {
    name: "",
    type: "dynamic",
    description: "",
    code: EXAMPLE,
    systemPrompt: "",
    pollInterval: "5",
    install: "",
    publish: "",
    subscribe: "",
    http: "",
    agents: "",
    model: false,
    memory: String(DEFAULTS.memory),
    cpu: String(DEFAULTS.cpu),
    node: "",
    replace: false,
  };
}

/** What is wrong with a draft, by field; nothing when it can be sent. */
export function faults(draft: Draft): Partial<Record<Field, Fault>> {
  const found: Partial<Record<Field, Fault>> = {};
  if (!draft.name.trim()) found.name = "needsName";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these cannot be part of a topic
  else if (/[/+#\u0000-\u001f\u007f]/.test(draft.name)) found.name = "badName";
  if (draft.type === "dynamic" && !draft.code.trim()) found.code = "needsCode";
  if (draft.type === "llm" && !draft.systemPrompt.trim()) found.systemPrompt = "needsPrompt";
  for (const [field, most] of Object.entries(LONGEST) as [keyof typeof LONGEST, number][]) {
    if (draft[field].length > most) found[field] = "tooLong";
  }
  if (!isBetween(draft.pollInterval, 0.05, 86_400)) found.pollInterval = "badInterval";
  if (!isBetween(draft.memory, 48, 1_024) || !Number.isInteger(Number(draft.memory))) found.memory = "badMemory";
  if (!isBetween(draft.cpu, 0.01, 2)) found.cpu = "badCpu";
  if (!listOf(draft.publish).every(isFilter)) found.publish = "badTopic";
  if (!listOf(draft.subscribe).every(isFilter)) found.subscribe = "badTopic";
  if (!listOf(draft.http).every((host) => /^[\p{L}\p{N}.-]+(:\d{1,5})?$/u.test(host))) found.http = "badHost";
  return found;
}

/** The specification that a draft stands for; `known`: the one that is edited, whose other fields stay. */
export function specOf(draft: Draft, known: Record<string, unknown> = {}): SpawnSpec {
  const isCode = draft.type === "dynamic";
  const { replaced_at: _, ...kept } = Object.fromEntries(Object.entries(known).filter(([key]) => !key.startsWith("_")));
  return {
    ...kept,
    name: draft.name.trim(),
    type: draft.type,
    description: draft.description.trim(),
    code: isCode ? draft.code : "",
    system_prompt: isCode ? "" : draft.systemPrompt,
    poll_interval: Number(draft.pollInterval),
    install: listOf(draft.install),
    grants: {
      publish: listOf(draft.publish),
      subscribe: listOf(draft.subscribe),
      http: listOf(draft.http),
      agents: listOf(draft.agents),
      model: draft.model,
    },
    limits: { memory_mb: Number(draft.memory), cpu: Number(draft.cpu) },
    node: draft.node,
    replace: draft.replace,
  };
}

/** The form for a specification that exists. */
export function draftOf(spec: Record<string, unknown>): Draft {
  const grants = recordOf(spec["grants"]);
  const limits = recordOf(spec["limits"]);
  return {
    ...blankDraft(),
    name: textOf(spec["name"]),
    type: spec["type"] === "llm" || (!textOf(spec["code"]) && textOf(spec["system_prompt"])) ? "llm" : "dynamic",
    description: textOf(spec["description"]),
    code: textOf(spec["code"]),
    systemPrompt: textOf(spec["system_prompt"]),
    pollInterval: String(spec["poll_interval"] ?? DEFAULTS.interval),
    install: linesOf(spec["install"]),
    publish: linesOf(grants["publish"]),
    subscribe: linesOf(grants["subscribe"]),
    http: linesOf(grants["http"]),
    agents: linesOf(grants["agents"]),
    model: grants["model"] === true,
    memory: String(limits["memory_mb"] ?? DEFAULTS.memory),
    cpu: String(limits["cpu"] ?? DEFAULTS.cpu),
    node: textOf(spec["node"]),
    replace: true,
  };
}

/** The field that a sentence of the server is about; null when it cannot be told. */
export function fieldOf(sentence: string): Field | null {
  const SERVER: Record<string, Field> = {
    name: "name",
    type: "type",
    description: "description",
    code: "code",
    system_prompt: "systemPrompt",
    poll_interval: "pollInterval",
    install: "install",
    "grants.publish": "publish",
    "grants.subscribe": "subscribe",
    "grants.http": "http",
    "grants.agents": "agents",
    "grants.model": "model",
    "limits.memory_mb": "memory",
    "limits.cpu": "cpu",
    node: "node",
  };
  if (/cannot be a name|is called|name is/i.test(sentence)) return "name";
  if (/the code of|cannot be imported|^line \d+/i.test(sentence)) return "code";
  for (const [word, field] of Object.entries(SERVER)) {
    const plain = word.replace(".", "\\.");
    if (new RegExp(`^(body\\.)?${plain}\\b|\`${plain}\``, "i").test(sentence)) return field;
  }
  if (/^node /i.test(sentence)) return "node";
  return null;
}

/** The words of a text with one on each line, or with commas between. */
export function listOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((word) => word.trim())
    .filter(Boolean);
}

function isBetween(text: string, least: number, most: number): boolean {
  const value = Number(text);
  return text.trim() !== "" && value >= least && value <= most;
}

function isFilter(topic: string): boolean {
  const levels = topic.split("/");
  return levels.every((level, at) =>
    level.includes("#") ? level === "#" && at === levels.length - 1 : !level.includes("+") || level === "+",
  );
}

function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join("\n") : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function recordOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}
