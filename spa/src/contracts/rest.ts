// Generated from the routes of the gateway by `./just gen`; do not edit.

/** Counters of one agent since its start. */
export interface ActorMetrics {
  /** Messages that it took in */
  messages_received: number;
  /** Messages that it handled */
  messages_processed: number;
  /** Errors that it reported */
  messages_failed: number;
  /** Heartbeats that were heard */
  heartbeats: number;
  /** Epoch seconds of its last sign of life */
  last_message_at: number;
  /** Starts before this one */
  restart_count: number;
  /** Tokens sent to models, by the ledger */
  llm_input_tokens: number;
  /** Tokens received from models, by the ledger */
  llm_output_tokens: number;
  /** US dollars spent on models, by the ledger */
  llm_cost_usd: number;
}

/** One agent, as far as it is known. */
export interface ActorView {
  /** HLC-WID of the agent */
  id: string;
  /** Agent name */
  name: string;
  /** initializing, running, paused, stopped, failed, degraded, quarantined, late or unreachable */
  state: string;
  /** Delete is refused */
  protected: boolean;
  /** Pause is refused */
  essential: boolean;
  /** Kind of agent */
  agentType: string;
  /** What it is for */
  description: string;
  /** Node that runs it; empty on the main machine */
  node: string;
  /** Epoch seconds of the last sign of life */
  last_seen: number;
  /** Seconds since its start */
  uptime?: number | null;
  /** Resident memory in MiB */
  mem?: number | null;
  /** Share of one core that its process uses, in percent */
  cpu?: number | null;
  /** What it is doing */
  task?: string | null;
  /** Process id on its machine */
  pid?: number | null;
  /** Since its start */
  messagesProcessed?: number | null;
  /** Since its start */
  errors?: number | null;
  /** Starts before this one */
  restart_count?: number | null;
  /** US dollars spent on models */
  costUsd?: number | null;
  /** The last failure it reported */
  last_error?: Record<string, unknown> | null;
}

/** Points of the last hour every 10 s, of the day before it every 5 minutes. */
export interface AgentHistory {
  /** Agent name */
  agent: string;
  /** Oldest first */
  points: (HistoryPoint)[];
}

/** What an agent can do; retained, withdrawn by an empty payload. */
export interface AgentManifest {
  /** Agent name */
  name: string;
  /** HLC-WID of the agent */
  actor_id: string;
  /** Node that runs it; empty on the main machine */
  node?: string;
  /** One sentence */
  description: string;
  /** Actions that it answers */
  capabilities?: (string)[];
  /** Field to 'type - description' */
  input_schema?: Record<string, unknown>;
  /** Field to 'type - description' */
  output_schema?: Record<string, unknown>;
  /** Addresses it publishes on */
  publishes?: (string)[];
  /** Addresses it listens to */
  subscribes?: (string)[];
  /** When it triggers */
  triggers_when?: Record<string, unknown>;
  /** Fields of what it publishes */
  produces_schema?: Record<string, unknown>;
  /** Fields of what it listens to */
  consumes_schema?: Record<string, unknown>;
  /** Topic to {fields, example} of what it really published */
  observed_samples?: Record<string, unknown>;
  /** Epoch seconds */
  timestamp: number;
}

/** A control request for one agent. */
export interface AgentOrder {
  /** Agent name or id */
  target: string;
  /** start, stop, pause, resume, restart or delete */
  command: string;
}

/** One agent; a spawned one with what is wanted of it. */
export interface AgentView {
  /** HLC-WID of the agent */
  id: string;
  /** Agent name */
  name: string;
  /** initializing, running, paused, stopped, failed, degraded, quarantined, late or unreachable */
  state: string;
  /** Delete is refused */
  protected: boolean;
  /** Pause is refused */
  essential: boolean;
  /** Kind of agent */
  agentType: string;
  /** What it is for */
  description: string;
  /** Node that runs it; empty on the main machine */
  node: string;
  /** Epoch seconds of the last sign of life */
  last_seen: number;
  /** Seconds since its start */
  uptime?: number | null;
  /** Resident memory in MiB */
  mem?: number | null;
  /** Share of one core that its process uses, in percent */
  cpu?: number | null;
  /** What it is doing */
  task?: string | null;
  /** Process id on its machine */
  pid?: number | null;
  /** Since its start */
  messagesProcessed?: number | null;
  /** Since its start */
  errors?: number | null;
  /** Starts before this one */
  restart_count?: number | null;
  /** US dollars spent on models */
  costUsd?: number | null;
  /** The last failure it reported */
  last_error?: Record<string, unknown> | null;
  /** Only for a spawned agent */
  spawned?: SpawnedView | null;
}

/** A question that only an authenticated person may answer; silence is a no. */
export interface Approval {
  /** Approval id, used once */
  id: string;
  /** What it is about */
  kind: "spawn" | "actuation" | "automation" | "grant" | "policy";
  /** Agent that asks and that acts on the answer */
  agent: string;
  /** What exactly will happen, in words */
  summary: string;
  /** The same by language, where it is known */
  summaries?: Record<string, string>;
  /** What exactly will happen, as data */
  detail?: Record<string, unknown>;
  /** Hash of what is approved: anything else needs another approval */
  arguments_sha256: string;
  /** Who wants it */
  requested_by?: string;
  /** Epoch seconds */
  created_at: number;
  /** Epoch seconds; then the answer is no */
  expires_at: number;
  /** A yes counts only with the PIN */
  needs_pin?: boolean;
  /** Salts that the PIN is proven with: one for each PIN that must fit */
  pin_salts?: (string)[];
  /** How it stands */
  state?: "open" | "approved" | "denied" | "expired";
}

/** One line of the audit log; `hash` covers all of it and the line before. */
export interface AuditEntry {
  /** Counts from 1 without gaps */
  number: number;
  /** Epoch seconds */
  at: number;
  /** What happened */
  kind: "actuation" | "approval" | "policy" | "grant" | "halt" | "automation" | "trim";
  /** Follows one wish from the sentence or sensor to the device */
  trace_id?: string;
  /** Id of the durable task */
  task_id?: string;
  /** Who, where a person is behind it */
  person?: string;
  /** person, model, rule or agent */
  origin?: string;
  /** Rule that fired, if one did */
  rule_id?: string;
  /** Entities it is about */
  entity_ids?: (string)[];
  /** Reason, evidence, calls with policy verdict, outcome and the states before and after */
  detail?: Record<string, unknown>;
  /** Hash of the line before */
  previous?: string;
  /** SHA-256 of this line with `previous`, in canonical JSON */
  hash?: string;
}

/** Whether the log is as it was written. */
export interface AuditVerdict {
  /** No line was changed, taken out or put in */
  intact: boolean;
  /** Lines that were read */
  lines: number;
  /** Number of the first line that does not fit */
  first_broken?: number | null;
  /** One sentence for a person */
  text: string;
}

/** An automation that Home Assistant runs. */
export interface Automation {
  /** Id in Home Assistant's configuration; empty for one without an id */
  automation_id: string;
  /** For example automation.morning_light */
  entity_id: string;
  /** Name as people say it */
  name: string;
  /** Whether it runs when its triggers are met */
  enabled: boolean;
  /** Epoch seconds; None when it never ran */
  last_triggered?: number | null;
  /** What it does, in words */
  summary?: string;
  /** False for one that a person keeps in a file of their own */
  editable?: boolean;
}

/** What an automation shall do: one of a sentence, a draft and a configuration. */
export interface AutomationBody {
  /** A sentence; a model fills in what the grammar cannot */
  task?: string;
  /** Trigger, conditions and actions */
  draft?: RuleDraft | null;
  /** A configuration in Home Assistant's form */
  config?: Record<string, unknown> | null;
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Session that asks; a yes counts only there */
  session?: string;
  /** Language of the answer */
  language?: string;
}

/** One automation in words and as it is kept. */
export interface AutomationReport {
  /** The automation */
  automation: Automation;
  /** As Home Assistant keeps it */
  config: Record<string, unknown>;
  /** The same as YAML */
  yaml: string;
  /** What it does, in plain sentences */
  text: string;
}

/** What became of a change. */
export interface AutomationResult {
  /** needs_confirmation waits for CONFIRM_AUTOMATION, needs_approval for DECIDE_APPROVAL */
  status: "done" | "dry_run" | "needs_confirmation" | "needs_approval" | "unchanged" | "dropped";
  /** For a person */
  text: string;
  /** As it is now; None when it is gone or not made */
  automation?: Automation | null;
  /** Unified diff of the YAML before and after; empty for enable and disable */
  diff?: string;
  /** What it does afterwards, in words */
  explanation?: string;
  /** Token of the proposal, for CONFIRM_AUTOMATION */
  confirm?: string;
  /** Approval that it waits for */
  approval_id?: string;
  /** What read the sentence */
  source?: "rules" | "local" | "cloud";
  /** Cost of the model call, if one was made */
  cost_usd?: number | null;
}

/** What to run over the past: one of a rule that is kept, a draft and a sentence. */
export interface BacktestBody {
  /** Rule that is kept */
  rule_id?: string;
  /** A rule that is not made yet */
  draft?: RuleDraft | null;
  /** How far back */
  days?: number;
  /** A sentence that the grammar reads as a rule */
  task?: string;
}

/** A moment at which the rule would have met its trigger. */
export interface BacktestFiring {
  /** Epoch seconds */
  at: number;
  /** State or value of the trigger */
  value?: string | null;
  /** What would have come of it */
  verdict: "fire" | "suppressed" | "unmet";
  /** Between 22:00 and 06:00 in the house's time */
  night?: boolean;
}

/** What a rule would have done. */
export interface BacktestReport {
  /** For a person: would have fired 14 times in 7 days, 3 at night */
  text: string;
  /** In the order of time */
  firings?: (BacktestFiring)[];
  /** How often it would have acted */
  fired: number;
  /** Crossings within the cool-down */
  suppressed?: number;
  /** Crossings without the conditions */
  unmet?: number;
  /** How many of the firings between 22:00 and 06:00 */
  at_night?: number;
  /** Epoch seconds from which history is known */
  start: number;
  /** Epoch seconds */
  end: number;
}

/** A file that is kept. */
export interface BlobView {
  /** Id for `attachments` of messages */
  id: string;
  /** Its name, without folders */
  name: string;
  /** What its first bytes say that it is */
  media_type: string;
  /** Bytes */
  size: number;
  /** Hash of its content */
  sha256: string;
  /** Epoch seconds; each use puts it off by a day */
  expires_at: number;
}

/** How much may be spent. */
export interface BudgetLimit {
  /** Everything, one agent, or one agent with all that works on its behalf */
  scope?: "all" | "agent" | "tree";
  /** Agent, unless the scope is all */
  agent?: string;
  /** By the local calendar */
  period?: "daily" | "weekly" | "monthly";
  /** US dollars; 0 takes the limit away */
  limit_usd: number;
}

/** A budget and how far it is used up. */
export interface BudgetState {
  /** What may be spent */
  limit: BudgetLimit;
  /** Spent in the current period */
  spent_usd: number;
  /** Reserved for calls that run */
  held_usd?: number;
  /** Epoch seconds from which is counted */
  counted_since?: number;
}

/** One thing that somebody changed, or tried to. */
export interface Change {
  /** Counts up */
  id: number;
  /** Epoch seconds */
  timestamp: number;
  /** Who; empty when nobody was let in */
  person: string;
  /** Their role then */
  role: string;
  /** Address that it came from */
  address: string;
  /** HTTP method; WS for a frame of the dashboard */
  method: string;
  /** Route, without its values */
  route: string;
  /** What it was about */
  target: string;
  /** HTTP status of the answer */
  status: number;
  /** X-Request-ID of the answer */
  request_id: string;
  /** What happened, where the status does not say it */
  detail: string;
}

/** What a person says. */
export interface ChatBody {
  /** The message */
  message?: string | null;
  /** The same as message */
  content?: string | null;
  /** Agent to hand it to; empty lets the text decide */
  to?: string;
  /** The same as to */
  agent_name?: string;
  /** Follow-ups and memory are kept per session */
  session?: string;
  /** Ids of files that belong to it: POST /api/blobs keeps them */
  attachments?: (string)[];
}

/** One thing that was said. */
export interface ChatTurn {
  /** Id of the message, the same for its answer */
  id: string;
  /** Who spoke */
  role: "user" | "assistant";
  /** Agent that answers; for a person whom they spoke to, empty when the text decided */
  agent: string;
  /** What was said */
  content: string;
  /** Session that it belongs to */
  session: string;
  /** Epoch seconds */
  timestamp: number;
  /** Of an answer: done, failed, waiting, ... */
  status?: string;
  /** Of an answer: rules, local or cloud */
  source?: string;
  /** Of an answer: cost of the model calls behind it */
  cost_usd?: number | null;
  /** Of an answer: follows the wish through all agents */
  trace_id?: string;
  /** Names of the files at it */
  attachments?: (string)[];
}

/** The answer to a person. */
export interface ChatView {
  /** Id of the message, the same for a repeated Idempotency-Key */
  id: string;
  /** Agent that answers */
  agent: string;
  /** The answer */
  reply: string;
  /** What understood the sentence: rules, local or cloud */
  source: string;
  /** done, failed, expired, unknown, stopped, or waiting for a yes */
  status: string;
  /** Follows the wish through all agents */
  trace_id: string;
  /** Cost of the model calls behind this answer */
  cost_usd?: number | null;
  /** Approval that the answer asks for: POST /api/approvals/{id} decides it, or a yes or no in the session */
  approval_id?: string | null;
}

/** What a person chose. */
export interface Choice {
  /** Id of the question */
  id: string;
  /** The option as it was offered */
  option: string;
  /** Its place in the list */
  index: number;
  /** Where it was answered */
  channel?: string;
  /** Who answered */
  user?: string;
  /** Always user */
  from?: string;
  /** Epoch seconds */
  timestamp: number;
  /** What they added */
  note?: string;
}

/** What is chosen: the option itself or its place in the list. */
export interface ChoiceBody {
  /** The option as it was offered */
  option?: string | null;
  /** Its place, from 0 */
  index?: number | null;
  /** Something to add */
  note?: string;
}

/** A control request was sent to the agent. */
export interface CommandAccepted {
  /** starting, stopping, pausing, resuming or deleting */
  status: string;
  /** The agent, as it was named */
  id: string;
}

/** A command that people may type. */
export interface CommandInfo {
  /** Name without the slash */
  name: string;
  /** How it is typed */
  usage: string;
  /** What it does */
  summary: string;
  /** Other names */
  aliases?: (string)[];
}

/** Must hold at the moment of firing; unknown counts as not holding. */
export interface Condition {
  /** Entity that is looked at; empty with a topic */
  entity_id?: string;
  /** Topic whose last message is looked at instead */
  topic?: string;
  /** Dotted path into that message */
  field?: string;
  /** Attribute to read instead of the state */
  attribute?: string | null;
  /** Comparison */
  operator?: "eq" | "ne" | "gt" | "lt" | "gte" | "lte";
  /** What it is compared with */
  value: string | number;
}

/** What clients may know of the configuration; never a secret. */
export interface Config {
  /** Version of Wactorz */
  version?: string;
  /** Address of the dashboard's WebSocket */
  ws_url?: string;
  /** How dashboards chat */
  chat_mode?: string;
  /** The house */
  ha?: HomeConfig;
  /** The model */
  llm?: ModelConfig;
  /** The weather */
  weather?: WeatherConfig;
  /** The broker */
  mqtt?: MqttConfig;
}

/** A yes or no to a change that was proposed. */
export interface Confirmation {
  /** `confirm` of the proposal; empty: the session's own */
  token?: string;
  /** False drops the proposal */
  yes?: boolean;
  /** Session that asked */
  session?: string;
}

/** What was asked of an agent is under way or done. */
export interface Controlled {
  /** starting, stopping, restarting, pausing, resuming, deleting or migrating */
  status: string;
  /** The agent, as it was named */
  id: string;
  /** What was done, in words */
  text?: string;
}

/** What one agent (rule, session, day) has spent, by model where lines go by agent. */
export interface CostLine {
  /** What the line is for: agent, model, rule id, session, day, purpose */
  key?: string;
  /** Agent that paid, where lines go by agent */
  agent?: string;
  /** Model that answered, where lines go by agent or model */
  model?: string;
  /** Model calls */
  calls: number;
  /** Tokens sent */
  input_tokens: number;
  /** Tokens received */
  output_tokens: number;
  /** US dollars */
  cost_usd: number;
  /** Calls among them whose tokens are an estimate */
  estimated_calls?: number;
  /** Calls among them for which no price is known */
  unpriced_calls?: number;
  /** Besides: answers given again, which cost nothing */
  reused_calls?: number;
}

/** What has been spent. */
export interface CostReport {
  /** By agent and model, or as asked for; dearest first */
  lines: (CostLine)[];
  /** Every budget that is set */
  budgets?: (BudgetState)[];
  /** Tokens sent */
  total_input_tokens: number;
  /** Tokens received */
  total_output_tokens: number;
  /** US dollars */
  total_cost_usd: number;
  /** Budget of the period, if one is set */
  limit_usd?: number | null;
  /** daily, weekly or monthly */
  period?: string;
  /** Spent in the current period, reservations included */
  spent_usd?: number;
  /** Provider in use */
  provider?: string;
  /** Model in use */
  model?: string;
}

/** The answer was taken, and this came of it. */
export interface Decided {
  /** Approval id */
  id: string;
  /** The answer */
  decision: "approve" | "deny";
  /** done, or unknown when it was sent but its effect was not seen */
  status?: "done" | "unknown";
  /** What was done */
  text: string;
}

/** A person's answer. */
export interface DecisionBody {
  /** The answer */
  decision: "approve" | "deny";
  /** PIN, where the approval asks for one */
  pin?: string;
}

/** What to do with an entity. */
export interface DeedBody {
  /** One of the entity's `actions`, or the name of a service of its domain */
  action: string;
  /** Values, such as brightness_pct or temperature */
  data?: Record<string, unknown>;
}

/** What became of it. */
export interface DeedDone {
  /** done: read back; unknown: sent, but its effect was not seen; waiting: for a person's yes */
  status: "done" | "failed" | "unknown" | "waiting";
  /** The same in a sentence */
  text: string;
  /** Approval that it waits for: POST /api/approvals/{id} decides it */
  approval_id?: string;
  /** State of the entity afterwards */
  state?: string | null;
  /** Follows the wish through all agents */
  trace_id: string;
}

/** Where an agent shall run. */
export interface Destination {
  /** Node name; empty or local for the main machine */
  target_node?: string;
}

/** Fires when a camera sees something; declares a watch for whoever has a camera. */
export interface DetectionTrigger {
  /** Kind of trigger */
  kind?: "detection";
  /** What is looked for, for example person */
  target: string;
  /** Entity id or name of the camera; empty: any */
  camera?: string;
  /** Fires when it is no longer seen instead */
  gone?: boolean;
}

/** One entity of the house with its live state. */
export interface Device {
  /** For example light.kitchen_light */
  entity_id: string;
  /** Name as people say it */
  name: string;
  /** Name of the room; empty when it is in none */
  area: string;
  /** Kind of entity */
  domain: string;
  /** Live state; null when it is not known */
  state: string | null;
  /** Unit of measurement */
  unit?: string | null;
  /** For example temperature or door */
  device_class?: string | null;
  /** Live attributes */
  attributes?: Record<string, unknown>;
}

/** What was recorded of an entity. */
export interface EntityHistory {
  /** Entity */
  entity_id: string;
  /** Oldest first; the first one is the state at the beginning */
  points: (StatePoint)[];
  /** Nothing is known of before; epoch seconds */
  recorded_since: number | null;
}

/** What a person has laid down for one entity, beyond the class that its verb has anyway. */
export interface EntityPolicy {
  /** Entity it is for */
  entity_id: string;
  /** Class of every change to it: A may not be changed at all, B is never asked about, C asks each time, save for securing it */
  risk?: "A" | "B" | "C" | null;
  /** From-to in the house's time; rules and models leave it alone then */
  quiet_hours?: string;
  /** Who may change it; empty means everyone */
  persons?: (string)[];
  /** Whether an approval for it asks for a PIN */
  pin?: boolean;
}

/** Something durable that a person said. */
export interface Fact {
  /** Its name, beginning with pref_, device_, policy_, person_ or fact_ */
  key: string;
  /** What is so; secrets appear as references only */
  value: string;
  /** The words it was taken from */
  source?: string;
  /** Who said it; empty: somebody who needs no name here */
  person?: string;
  /** Session it was said in */
  conversation_id?: string;
  /** Epoch seconds at which it was said */
  at: number;
}

/** One thing that happened. */
export interface FeedEntry {
  /** Where it stands in the feed; `before` takes it */
  id: string;
  /** spawned, error, alert, log, actuation, trigger, process_died, ... */
  kind: string;
  /** Name of the agent that is concerned; empty for others */
  agent: string;
  /** Its id; empty for others */
  agent_id: string;
  /** What happened, in a sentence */
  message: string;
  /** info, warning, error or critical */
  severity: string;
  /** What `message` says, for pages of other languages; empty for free text */
  code?: string;
  /** The values in it, by name; `times`: how often */
  data?: Record<string, string | number>;
  /** Epoch seconds */
  timestamp: number;
}

/** A field of the messages on a topic, as it was observed or declared. */
export interface FieldSeen {
  /** Dotted path */
  name: string;
  /** number, text, truth, list, object, nothing */
  types?: (string)[];
  /** Unit, where it is known */
  unit?: string;
  /** A value that was seen, shortened */
  example?: unknown;
  /** Share of the messages that have it */
  share?: number;
  /** What the agent's manifest says about it */
  declared?: string;
}

/** One firing of a rule, with what it was decided on. */
export interface FiringReport {
  /** Rule */
  rule_id: string;
  /** The sentence the rule came from */
  task?: string;
  /** Epoch seconds */
  fired_at: number;
  /** Trace id of all that followed */
  trace_id?: string;
  /** What came of it */
  verdict: "fire" | "suppressed" | "unmet" | "held_back" | "missed";
  /** Entity, attribute, value, threshold */
  trigger?: Record<string, unknown>;
  /** Each with the value it was decided on */
  conditions?: (Record<string, unknown>)[];
  /** How the action ended, for a person */
  outcome?: string;
}

/** What a spawned agent may reach beyond its own topics and the topics that are free for all; nothing by default. */
export interface Grants {
  /** Topic filters that it may publish on */
  publish?: (string)[];
  /** Topic filters that it may listen to */
  subscribe?: (string)[];
  /** Hosts that it may call, as host or host:port */
  http?: (string)[];
  /** Agents that it may send tasks to */
  agents?: (string)[];
  /** Whether it may ask the language model */
  model?: boolean;
}

/** Whether devices are held still. */
export interface HaltState {
  /** Nothing is moved, whoever asks, until it is released */
  halted: boolean;
  /** Who ordered what holds now, where that is known */
  by?: string;
  /** Epoch seconds of that order */
  since?: number | null;
}

/** One kind of device that a wish needs. */
export interface HardwareNeed {
  /** Kind of device in words, for example door sensor */
  kind: string;
  /** What it is for */
  purpose: string;
  /** Devices of that kind that are there already */
  entity_ids?: (string)[];
  /** What to look for when buying one */
  hint?: string;
}

/** What is there for a wish, and what is missing. */
export interface HardwareReport {
  /** For a person */
  text: string;
  /** Everything the wish needs */
  needs?: (HardwareNeed)[];
  /** Kinds that are not there */
  missing?: (string)[];
  /** What worked it out */
  source?: "rules" | "local" | "cloud";
  /** Cost of the model call, if one was made */
  cost_usd?: number | null;
}

/** Whether the gateway can serve. */
export interface Health {
  /** ok, or unavailable */
  status: string;
  /** Each check and its result */
  checks: Record<string, string>;
  /** What is wrong and what to do; empty when all is well */
  detail?: string;
  /** Version of Wactorz */
  version?: string;
  /** How many agents are in which state */
  agents?: Record<string, number>;
}

/** What an agent had used at a moment. */
export interface HistoryPoint {
  /** Epoch seconds */
  t: number;
  /** Resident memory in MiB */
  memory_mb: number | null;
  /** Share of one core since the point before, in percent */
  cpu: number | null;
  /** Since its start */
  messages_processed: number | null;
  /** Since its start */
  errors: number | null;
  /** US dollars spent on models, by the ledger */
  cost_usd: number | null;
}

/** What clients may know of the house. */
export interface HomeConfig {
  /** Always empty: Home Assistant is reached through the gateway only */
  url?: string;
  /** Name of the house; empty while it is not known */
  name?: string;
  /** The simulated house answers */
  demo?: boolean;
  /** Language of the house */
  language?: string;
}

/** The house. */
export interface HomeReport {
  /** Name of the house */
  name: string;
  /** The simulated house answers */
  demo: boolean;
  /** Version of the registry */
  version: number;
  /** Names of the rooms */
  areas: (string)[];
  /** Every entity, by room and name */
  entities: (Device)[];
}

/** Times at which a rule may act, in the house's time. */
export interface Hours {
  /** HH:MM; empty: all day */
  start?: string;
  /** HH:MM; may lie before the start */
  end?: string;
  /** Days; empty means every day */
  weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
}

/** The devices of the house with their entities and places. */
export interface HouseMap {
  /** Kind of message */
  type?: string;
  /** Version of the registry */
  version: number;
  /** Epoch seconds */
  timestamp: number;
  /** Each with its area and entities */
  devices: (Record<string, unknown>)[];
}

/** The house by rooms. */
export interface HouseView {
  /** Name of the house */
  name: string;
  /** By floor, lowest first, and name; what is in no room comes last */
  rooms: (Room)[];
  /** Version of the registry */
  version: number;
  /** Whose house it is */
  source: "demo" | "home_assistant";
  /** The states may be old: Home Assistant or the broker is away */
  stale: boolean;
  /** The units that people of the house read */
  units: Units;
}

/** Fires again and again. */
export interface IntervalTrigger {
  /** Kind of trigger */
  kind?: "interval";
  /** Time between two firings */
  seconds: number;
}

/** A budget: how much may be spent in a period. */
export interface LimitBody {
  /** US dollars; 0 takes the limit away */
  limit_usd: number;
  /** By the local calendar */
  period?: "daily" | "weekly" | "monthly";
  /** Agent whose budget it is; empty: all */
  agent?: string;
  /** tree: the agent with all that works on its behalf; empty: the agent, or all */
  scope?: "all" | "agent" | "tree" | null;
}

/** What a spawned agent may use up. */
export interface Limits {
  /** Memory of the instance in MiB */
  memory_mb?: number;
  /** Share of one processor */
  cpu?: number;
}

/** One thing that an agent said, or a line of its log file. */
export interface LogEntry {
  /** Epoch seconds; for a line without a time that of the line before it */
  timestamp: number;
  /** Where it comes from; line: its log file */
  kind: "log" | "error" | "alert" | "line";
  /** How bad it is */
  level?: string;
  /** The text */
  message: string;
  /** Of an error: setup, process, handle_task, ... */
  phase?: string | null;
  /** Of an error: the end of its traceback */
  traceback?: string | null;
}

/** One line of one process. */
export interface LogLine {
  /** Process that wrote it */
  agent: string;
  /** The line */
  line: string;
}

/** The last lines, oldest first. */
export interface LogLines {
  /** The lines */
  lines: (LogLine)[];
}

/** Who one is. */
export interface Login {
  /** Name of the person */
  name: string;
  /** 8 to 256 characters */
  password: string;
}

/** What an agent said lately. */
export interface Logs {
  /** Agent name */
  agent: string;
  /** Oldest first */
  entries: (LogEntry)[];
}

/** A token that was just made. */
export interface MadeToken {
  /** Names the token */
  id: string;
  /** What it is for */
  label: string;
  /** For whom it speaks */
  person: string;
  /** read: look; talk: chat; control: all that a user may; admin: all that an admin may. Never more than the person */
  scopes: ("read" | "talk" | "control" | "admin")[];
  /** Its first characters, to recognize it by */
  prefix: string;
  /** Epoch seconds */
  created_at: number;
  /** Epoch seconds when it ends; null: never */
  expires_at: number | null;
  /** Epoch seconds; null: not yet */
  last_used: number | null;
  /** What programs send as bearer or X-API-Key; it is shown only now */
  token: string;
}

/** What is remembered. */
export interface MemoryReport {
  /** Oldest first */
  facts: (Fact)[];
  /** Chain of summaries of the session, oldest first */
  summaries?: (string)[];
}

/** What is remembered of whoever asks. */
export interface MemoryView {
  /** Oldest first */
  facts: (Fact)[];
  /** Summaries of the session, oldest first */
  summaries: (string)[];
  /** Secrets by reference; null when the vault does not answer */
  secrets: (SecretEntry)[] | null;
}

/** Which model answers. */
export interface ModelConfig {
  /** offline, anthropic, ...; empty while it is not known */
  provider?: string;
  /** Name of the model; empty without one */
  model?: string;
}

/** How browsers reach the broker. */
export interface MqttConfig {
  /** Path of MQTT over WebSocket */
  url?: string;
}

/** Fires when a message on a topic begins to meet a comparison. */
export interface MqttTrigger {
  /** Kind of trigger */
  kind?: "mqtt";
  /** Topic; + and # as MQTT has them */
  topic: string;
  /** Dotted path into the message; empty: the message itself */
  field?: string;
  /** Comparison; any fires on every message */
  operator?: "eq" | "ne" | "gt" | "lt" | "gte" | "lte" | "any";
  /** What it is compared with */
  value?: string | number | boolean | null;
  /** Compare this instead of the last value */
  window?: Window | null;
  /** How long it must hold */
  for_seconds?: number;
}

/** Another password for oneself. */
export interface NewPassword {
  /** 8 to 256 characters */
  old: string;
  /** 8 to 256 characters */
  new: string;
}

/** An account to make. */
export interface NewPerson {
  /** Name of the person */
  name: string;
  /** viewer: reads; user: talks, moves devices, answers approvals, makes rules; admin: runs the system; owner */
  role: "viewer" | "user" | "admin" | "owner";
  /** 8 to 256 characters */
  password: string;
}

/** What an entity of the demo home shall show. */
export interface NewState {
  /** New state */
  state: string;
  /** Attributes to set with it */
  attributes?: Record<string, unknown>;
}

/** A token to make. */
export interface NewToken {
  /** What it is for */
  label: string;
  /** read: look; talk: chat; control: all that a user may; admin: all that an admin may. Never more than the person */
  scopes: ("read" | "talk" | "control" | "admin")[];
  /** Seconds until it ends; 90 days unless told */
  expires_in_s?: number;
}

/** Points of the last hour every 10 s, of the day before it every 5 minutes. */
export interface NodeHistory {
  /** Node name */
  node: string;
  /** Oldest first */
  points: (NodePoint)[];
}

/** What was on a node at a moment. */
export interface NodePoint {
  /** Epoch seconds */
  t: number;
  /** Agents that ran there */
  agents: number | null;
  /** Memory of those that told theirs, in MiB */
  memory_mb: number | null;
}

/** One machine that runs agents. */
export interface NodeView {
  /** Node name */
  node: string;
  /** HLC-WID of its runner */
  node_id: string;
  /** Its runner was heard of lately */
  online: boolean;
  /** Epoch seconds */
  last_seen: number;
  /** Agents that run there */
  agents: (string)[];
  /** Every process under its runner */
  processes: (Record<string, unknown>)[];
  /** node, or runner for the stand-alone one */
  runtime?: string;
  /** Version of its runner */
  version?: string;
}

/** Tell people something. */
export interface NoticeAction {
  /** discord, slack, telegram, a name, page; empty: the usual */
  target?: string;
  /** What is said; $name, $state and $payload.a.b are filled in; empty: the rule in words, and what triggered it */
  text?: string;
  /** critical breaks quiet hours */
  severity?: "info" | "warning" | "critical";
  /** Quiet time of these notices */
  cooldown_seconds?: number;
  /** HH:MM-HH:MM; empty: those of the notifier */
  quiet_hours?: string;
  /** Change the last message instead of sending another */
  edit?: boolean;
}

/** What became of a notice. */
export interface NoticeResult {
  /** held: told after the quiet hours; suppressed: within the cool-down */
  status: "sent" | "edited" | "held" | "suppressed" | "failed";
  /** The same in words */
  text: string;
  /** Where it went */
  target?: string;
}

/** Fires when a value crosses a threshold (and stays beyond it for `for_seconds`). */
export interface NumericTrigger {
  /** Kind of trigger */
  kind?: "numeric";
  /** Entity that is watched */
  entity_id: string;
  /** Attribute to read instead of the state */
  attribute?: string | null;
  /** Fires when the value rises above this */
  above?: number | null;
  /** Fires when the value falls below this */
  below?: number | null;
  /** How long it must hold */
  for_seconds?: number;
  /** How far the value must go back before a new crossing counts, in its unit */
  hysteresis?: number;
}

/** It was passed on. */
export interface Obeyed {
  /** Always true */
  ok?: boolean;
  /** starting, stopping, ... */
  status: string;
}

/** Where somebody is logged in. */
export interface OneSession {
  /** Names the session */
  id: string;
  /** Whose it is */
  person: string;
  /** Epoch seconds of the login */
  created_at: number;
  /** Epoch seconds of the last request, to within a minute */
  last_seen: number;
  /** Address that logged in */
  address: string;
  /** What the browser called itself */
  agent: string;
  /** Whether it is the one that asks */
  current: boolean;
}

/** What is to become of somebody; what is not named stays. */
export interface PersonChange {
  /** viewer: reads; user: talks, moves devices, answers approvals, makes rules; admin: runs the system; owner */
  role?: "viewer" | "user" | "admin" | "owner" | null;
  /** Keep them out, or let them in again */
  disabled?: boolean | null;
  /** A new password, when they forgot theirs */
  password?: string | null;
}

/** Somebody with an account. */
export interface PersonView {
  /** Name */
  name: string;
  /** viewer: reads; user: talks, moves devices, answers approvals, makes rules; admin: runs the system; owner */
  role: "viewer" | "user" | "admin" | "owner";
  /** Epoch seconds */
  created_at: number;
  /** Epoch seconds; null: never came in */
  last_seen: number | null;
  /** Whether they are kept out */
  disabled: boolean;
}

/** A plan as it is kept and run. */
export interface Plan {
  /** Eight hexadecimal digits */
  plan_id: string;
  /** The wish it came from */
  task: string;
  /** In order of their numbers */
  steps: (PlanStep)[];
  /** How far it is */
  status: "proposed" | "running" | "done" | "failed" | "cancelled" | "rejected" | "superseded" | "expired";
  /** Epoch seconds */
  created_at: number;
  /** Epoch seconds */
  ended_at?: number | null;
  /** Session that asked */
  conversation_id?: string;
  /** What was said in the end */
  answer?: string;
  /** Why it waits, failed or was given up */
  note?: string;
  /** The steps are those of a like wish of late */
  cached?: boolean;
  /** Cost of all model calls */
  cost_usd?: number;
}

/** A plan, and what to say about it. */
export interface PlanResult {
  /** The plan as kept */
  plan: Plan;
  /** For a person */
  text: string;
  /** Where the models are that planned */
  source?: "rules" | "local" | "cloud";
  /** Approval that it waits for, if any */
  approval_id?: string;
  /** Rule that was made or proposed of the wish instead, if one was */
  rule_id?: string;
}

/** One step of a plan. */
export interface PlanStep {
  /** Its number */
  step: number;
  /** Agent that does it */
  agent: string;
  /** What it is asked, as text or a JSON object in text */
  task: string;
  /** Steps whose results it needs */
  depends_on?: (number)[];
  /** May run beside others that are ready */
  parallel?: boolean;
  /** Specification of the agent, if it is missing */
  spawn_config?: Record<string, unknown> | null;
  /** How far it is */
  status?: "waiting" | "running" | "done" | "failed" | "skipped" | "unknown";
  /** What it said, shortened */
  result?: string;
  /** Why it failed, for a person */
  error?: string;
  /** The worker failed, and the model answered in its place */
  by_model?: boolean;
  /** How long it took */
  seconds?: number;
}

/** The whole policy of an entity; an empty one takes its own away. */
export interface PolicyBody {
  /** A: no change at all; C: each change asks */
  risk?: "A" | "B" | "C" | null;
  /** From-to, when rules and models leave it alone */
  quiet_hours?: string;
  /** Who may change it; empty: everyone */
  persons?: (string)[];
  /** Whether a yes needs the PIN */
  pin?: boolean;
  /** Sets a new PIN, of 4 to 64 digits */
  new_pin?: string | null;
  /** The PIN so far, where there is one */
  old_pin?: string;
}

/** What became of a change. */
export interface PolicySaved {
  /** The policy as it is now */
  policy: EntityPolicy;
  /** Approval that the change waits for, because it loosens something; else empty */
  approval_id: string;
  /** What was done, in words */
  text: string;
}

/** What went wrong, in the form of RFC 9457. */
export interface Problem {
  /** Kind of problem; /problems/not-ready: try again soon */
  type?: string;
  /** The status in words */
  title: string;
  /** HTTP status */
  status: number;
  /** What happened and what to do */
  detail: string;
  /** What it is, for programs, where the status leaves that open: house_unknown */
  code?: string;
  /** Path of the request */
  instance?: string;
  /** Id of the request, as in X-Request-ID and the log */
  request_id?: string;
}

/** A message for everybody who listens. */
export interface PublishBody {
  /** Below home/, custom/, sensors/, synapse/ */
  topic: string;
  /** Any JSON value; null sends an empty message */
  payload?: unknown;
  /** 1: the broker confirms it */
  qos?: 0 | 1;
  /** The broker keeps it for those who come later */
  retain?: boolean;
}

/** The message was sent. */
export interface Published {
  /** Where */
  topic: string;
  /** Size of the message */
  bytes: number;
}

/** A question of an agent. */
export interface QuestionView {
  /** Id of the agent that asks */
  agent_id: string;
  /** Its name */
  agent: string;
  /** Id of the question */
  id: string;
  /** The question */
  content: string;
  /** What can be chosen */
  options: (string)[];
}

/** Which budgets are counted anew; without a word every one. */
export interface ResetBody {
  /** Only budgets of this kind */
  scope?: "all" | "agent" | "tree" | null;
  /** Only budgets of this agent */
  agent?: string;
}

/** What was put back. */
export interface Restored {
  /** Agents that begin again with the state of the backup */
  restored: (string)[];
  /** Agents of the backup that are not here now; their state was left out */
  unknown: (string)[];
  /** Agents that were not heard of again in time */
  failed: (string)[];
  /** The same in words */
  text: string;
}

/** A room with what is in it. */
export interface Room {
  /** Id of the area; empty for what is in no room */
  id: string;
  /** Name as people say it; empty for what is in no room */
  name: string;
  /** Name of its floor; empty when that is not known */
  floor: string;
  /** By kind and name */
  entities: (RoomEntity)[];
}

/** One entity with its live state and what can be done with it. */
export interface RoomEntity {
  /** For example light.kitchen_light */
  entity_id: string;
  /** Name as people say it */
  name: string;
  /** Kind of entity */
  domain: string;
  /** For example temperature or door */
  device_class: string | null;
  /** Live state; null when it is not known */
  state: string | null;
  /** Unit of measurement */
  unit: string | null;
  /** Live attributes, without codes and tokens */
  attributes: Record<string, unknown>;
  /** A: only shows something; B: its actions are done at once; C: some of them wait for a yes */
  risk: "A" | "B" | "C";
  /** What can be done: verbs for POST /api/house/{entity_id}/actions */
  actions: (string)[];
  /** Those of the actions that wait for a person's yes */
  asks: (string)[];
  /** Its device can be reached */
  available: boolean;
  /** When it took its state, in epoch seconds */
  last_changed: number | null;
}

/** A rule as it is kept and run. */
export interface Rule {
  /** Eight hexadecimal digits made from the sentence */
  rule_id: string;
  /** The sentence it came from */
  task: string;
  /** What it says */
  draft: RuleDraft;
  /** Only active rules fire */
  status?: "active" | "proposed" | "paused";
  /** Epoch seconds */
  created_at: number;
  /** How often it acted */
  firings?: number;
  /** Crossings within the cool-down, recorded without acting */
  suppressed?: number;
  /** Epoch seconds */
  last_fired_at?: number | null;
  /** Why it is paused, or how its last action ended */
  note?: string;
  /** Who or what paused it: one whose entities were missing goes on when they are back */
  paused_by?: "" | "person" | "missing" | "fight" | "loop";
  /** The rule in words */
  summary?: string;
  /** What of class C it does, as a clause; empty when nothing */
  opens?: string;
  /** A person gave a standing yes to what it opens */
  granted?: boolean;
  /** Registry id of each entity it names, to follow a new entity id */
  registry_ids?: Record<string, string>;
  /** Language of the words; empty: that of the house */
  language?: string;
  /** Epoch seconds, while it is paused */
  paused_at?: number | null;
  /** What a no brings back, while a change of the rule waits for a yes */
  before?: RuleBefore | null;
}

/** What a rule was before a change that waits for a yes. */
export interface RuleBefore {
  /** What it said */
  draft: RuleDraft;
  /** The sentence it came from */
  task: string;
  /** Whether it fired */
  status: "active" | "paused";
  /** The rule in words */
  summary?: string;
  /** What of class C it did */
  opens?: string;
  /** Registry id of each entity it named */
  registry_ids?: Record<string, string>;
}

/** What a rule shall say: exactly one of a draft, YAML and a sentence. */
export interface RuleBody {
  /** Trigger, conditions and actions */
  draft?: RuleDraft | null;
  /** The same as YAML, as GET shows it */
  yaml?: string;
  /** The same in words */
  sentence?: string;
}

/** What a rule says, before it is validated against the house. */
export interface RuleDraft {
  /** When to look */
  trigger: StateTrigger | NumericTrigger | TimeTrigger | SunTrigger | IntervalTrigger | MqttTrigger | DetectionTrigger;
  /** What must hold */
  conditions?: (Condition)[];
  /** What to do with devices */
  actions?: (ServiceCall)[];
  /** What to tell people */
  notices?: (NoticeAction)[];
  /** What to hand to agents */
  tasks?: (TaskAction)[];
  /** When it may act; otherwise always */
  hours?: Hours | null;
  /** What becomes of a time at which nothing ran: catch up once, or let it go */
  missed?: "skip" | "catch_up";
  /** Quiet time after a firing */
  cooldown_seconds?: number;
  /** What this rule moved stays so at least so long for other rules */
  min_on_seconds?: number;
  /** Fire once when the trigger holds already at the moment the rule is made */
  fires_if_already_true?: boolean;
}

/** What a rule did in a time, and why it did not do more. */
export interface RuleExplanation {
  /** For a person */
  text: string;
  /** What was decided in that time, newest first */
  firings?: (FiringReport)[];
}

/** Rules as YAML, and what to say about them. */
export interface RuleFile {
  /** One document for each rule */
  yaml: string;
  /** For a person */
  text: string;
  /** Rules that are in it, or were made or changed */
  rule_ids?: (string)[];
  /** What was not taken, and why */
  problems?: (string)[];
}

/** A rule, and what to say about it. */
export interface RuleResult {
  /** The rule as kept */
  rule: Rule;
  /** One or two sentences for a person */
  text: string;
  /** Approval that the answer asks for, if any */
  approval_id?: string;
  /** Who filled the rule in */
  source?: "rules" | "local" | "cloud";
  /** Cost of the model call, if one was made */
  cost_usd?: number | null;
  /** The rule as YAML, for a preview */
  yaml?: string;
  /** The rule was there already, made by another message */
  existed?: boolean;
}

/** A rule, or several, as a file of YAML. */
export interface RuleText {
  /** One document for each rule */
  yaml: string;
}

/** A rule that somebody wants: a sentence, and what it says where that is known. */
export interface RuleWish {
  /** The rule in words */
  sentence: string;
  /** What it says; empty: the grammar reads the sentence, else a model */
  draft?: RuleDraft | null;
  /** Language of the words about it; that of the sentence is detected */
  language?: string;
}

/** A message to one agent. */
export interface Said {
  /** The message */
  content: string;
}

/** A secret that is kept, without the secret. */
export interface SecretEntry {
  /** What stands for it */
  reference: string;
  /** discord, slack, telegram, webhook, token or password */
  kind: string;
  /** What it is for */
  note?: string;
  /** Epoch seconds */
  stored_at: number;
}

/** The message is kept and on its way; nobody waits for its answer. */
export interface Sent {
  status?: "sent";
  /** Id of the message; its answer carries it */
  id: string;
  /** Agent that gets it */
  agent: string;
}

/** One absolute command to devices. */
export interface ServiceCall {
  /** Service domain, for example light */
  domain: string;
  /** Service name, for example turn_on; never toggle */
  service: string;
  /** Entities it is for */
  entity_id: (string)[];
  /** Further service data */
  data?: Record<string, unknown>;
}

/** Who calls, and what the page needs to know before it shows anything. */
export interface SessionView {
  /** Name; empty when nobody is logged in */
  person: string;
  /** viewer, user, admin or owner; empty when nobody is logged in */
  role: "" | "viewer" | "user" | "admin" | "owner";
  /** For the header X-CSRF-Token of every write by cookie; empty without a session */
  csrf: string;
  /** Whether there is an owner */
  has_owner: boolean;
  /** Whether the first owner is yet to be made */
  setup_needed: boolean;
  /** Whether one must log in to see more */
  login_needed: boolean;
  /** Version of Wactorz */
  version?: string;
  /** Epoch seconds when the session ends if it is not used; null: never */
  expires_at: number | null;
}

/** The first owner. */
export interface SetUp {
  /** Code that the server printed */
  code: string;
  /** Name of the person */
  name: string;
  /** 8 to 256 characters */
  password: string;
}

/** What became of a wish for an agent. */
export interface SpawnResult {
  /** Agent name */
  name: string;
  /** HLC-WID of the agent */
  agent_id?: string;
  /** Node that runs it */
  node?: string;
  /** waiting: kept, and started as soon as its node can */
  status: "running" | "waiting" | "needs_approval" | "already_running";
  /** Approval to be decided first */
  approval_id?: string;
  /** The same in words */
  text: string;
}

/** A spawned agent; the same object travels from a person to a node, further keys are kept. */
export interface SpawnSpec {
  /** Unique agent name */
  name: string;
  /** dynamic, llm, ...; empty: llm with a system_prompt and no code */
  type?: string;
  /** One sentence */
  description?: string;
  /** dynamic: Python source */
  code?: string;
  /** llm: who the agent is */
  system_prompt?: string;
  /** Seconds between two calls of process */
  poll_interval?: number;
  /** Python packages that the code needs, by name */
  install?: (string)[];
  /** What it may reach */
  grants?: Grants;
  /** What it may use up */
  limits?: Limits;
  /** Node to run on; empty for the main machine */
  node?: string;
  /** Stop a running agent of that name first */
  replace?: boolean;
  /** What it can do, for its manifest */
  capabilities?: (string)[];
  /** Field to 'type - description' */
  input_schema?: Record<string, unknown>;
  /** Field to 'type - description' */
  output_schema?: Record<string, unknown>;
  /** Topics that it publishes on */
  publishes?: (string)[];
  /** Topics that it listens to */
  subscribes?: (string)[];
  /** When it triggers, for its manifest */
  triggers_when?: Record<string, unknown>;
  /** Fields of what it publishes */
  produces_schema?: Record<string, unknown>;
  /** Fields of what it listens to */
  consumes_schema?: Record<string, unknown>;
  /** Deaths within a minute before quarantine */
  max_restarts?: number;
  /** Seconds before the first restart elsewhere */
  restart_delay?: number;
  /** HLC-WID, minted once by the monitor */
  _agent_id?: string;
  /** Of a migration */
  _initial_state?: Record<string, unknown> | null;
  /** Of a migration */
  _migration_token?: string;
  /** Set when a model, not a person, asks for it */
  _proposed_by?: string;
  /** What the person may do whom the model made it for, if known */
  _asked_by?: "" | "talk" | "user" | "admin" | "owner";
  [key: string]: unknown;
}

/** A spawned agent as the monitor keeps it. */
export interface SpawnedAgent {
  /** Agent name */
  name: string;
  /** HLC-WID of the agent */
  agent_id: string;
  /** dynamic, llm, ... */
  type: string;
  /** One sentence */
  description?: string;
  /** Node that shall run it */
  node: string;
  /** What a person wants */
  wanted: "running" | "stopped";
  /** running, waiting, quarantined, stopped or failed */
  actual: string;
  /** Why it does not run, for a person */
  problem?: string;
  /** Hash of its code */
  code_sha256?: string;
  /** Epoch seconds of the first spawn */
  created_at: number;
  /** Epoch seconds of the last change */
  updated_at: number;
}

/** What the monitor keeps of a spawned agent. */
export interface SpawnedView {
  /** dynamic, llm, ... */
  type: string;
  /** What a person wants: running or stopped */
  wanted: string;
  /** running, waiting, quarantined, stopped or failed */
  actual: string;
  /** Why it does not run; empty when it does */
  problem: string;
  /** Hash of its code */
  code_sha256: string;
  /** Epoch seconds of the first spawn */
  created_at: number;
  /** Epoch seconds of the last change */
  updated_at: number;
}

/** The specification of one agent, and the ones before it. */
export interface SpecReport {
  /** The agent */
  agent: SpawnedAgent;
  /** Present specification */
  spec: Record<string, unknown>;
  /** Earlier ones with replaced_at, newest first */
  history?: (Record<string, unknown>)[];
}

/** A person's standing yes to exactly what a rule does. */
export interface StandingGrant {
  /** Rule */
  rule_id: string;
  /** Hash of the calls; other calls are asked about again */
  calls_sha256: string;
  /** The rule in words */
  summary?: string;
  /** Who gave it */
  by?: string;
  /** Epoch seconds */
  at: number;
}

/** A state that the entity took. */
export interface StatePoint {
  /** Epoch seconds */
  t: number;
  /** State from then on */
  state: string;
}

/** Fires when an entity's state becomes `to` (and stays so for `for_seconds`). */
export interface StateTrigger {
  /** Kind of trigger */
  kind?: "state";
  /** Entity that is watched */
  entity_id: string;
  /** State it must reach, for example on, off, open, locked */
  to: string;
  /** How long it must hold */
  for_seconds?: number;
}

/** Which answers are not wanted any more; nothing named: all that this person waits for. */
export interface StopBody {
  /** Id of a message, as told when it was accepted */
  chat_id?: string;
  /** Session, for all its messages */
  session?: string;
}

/** What was stopped. */
export interface Stopped {
  /** Everybody who works on them is told */
  status?: "stopped";
  /** How many messages waited for their answer here */
  cancelled: number;
  /** The same in a sentence */
  text?: string;
}

/** Fires at sunrise or sunset at the house, computed without an entity. */
export interface SunTrigger {
  /** Kind of trigger */
  kind?: "sun";
  /** Which one */
  event: "sunrise" | "sunset";
  /** Later, or earlier when negative */
  offset_seconds?: number;
}

/** A place that notices can go to; never with its secret. */
export interface Target {
  /** Its name */
  name: string;
  /** discord, slack, telegram, webhook, ... */
  service: string;
  /** Enough of the URL to tell two apart: host, and the last characters */
  hint?: string;
  /** Notices without a target go there */
  usual?: boolean;
  /** Epoch seconds */
  stored_at?: number;
  /** Why the last notice did not arrive there */
  problem?: string;
}

/** Hand a task to an agent. */
export interface TaskAction {
  /** Agent name */
  agent: string;
  /** Text, or a JSON object in text; placeholders as above */
  task: string;
}

/** What a ticket shall be for. */
export interface TicketBody {
  /** Topic filters; none: all that browsers may read */
  filters?: (string)[];
}

/** A login for one connection to the broker, which only reads. */
export interface TicketView {
  /** WebSocket to connect to, with subprotocol mqtt */
  path: "/mqtt";
  /** User name for MQTT */
  username: string;
  /** Password for MQTT; told once */
  password: string;
  /** A client id to give; the broker is told another one */
  client_id: string;
  /** Epoch seconds until which it must be used; it is good for one connection */
  expires_at: number;
  /** Topics that can be subscribed to */
  filters: (string)[];
}

/** Fires at a time of day, in the house's time zone. */
export interface TimeTrigger {
  /** Kind of trigger */
  kind?: "time";
  /** HH:MM or HH:MM:SS */
  at: string;
  /** Days it fires on; empty means every day */
  weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
}

/** A token, without what makes it one. */
export interface TokenView {
  /** Names the token */
  id: string;
  /** What it is for */
  label: string;
  /** For whom it speaks */
  person: string;
  /** read: look; talk: chat; control: all that a user may; admin: all that an admin may. Never more than the person */
  scopes: ("read" | "talk" | "control" | "admin")[];
  /** Its first characters, to recognize it by */
  prefix: string;
  /** Epoch seconds */
  created_at: number;
  /** Epoch seconds when it ends; null: never */
  expires_at: number | null;
  /** Epoch seconds; null: not yet */
  last_used: number | null;
}

/** Topics. */
export interface TopicReport {
  /** The liveliest first */
  topics: (TopicSeen)[];
  /** How many there are */
  total: number;
  /** On all of them */
  messages_per_second?: number;
}

/** A topic, who speaks and listens on it, and what the messages look like. */
export interface TopicSeen {
  /** Topic, or the pattern that many like topics make */
  topic: string;
  /** Agents that say they publish on it */
  publishers?: (string)[];
  /** Agents that say they listen to it */
  subscribers?: (string)[];
  /** Fields of its messages */
  fields?: (FieldSeen)[];
  /** The last message, shortened; secrets are covered */
  sample?: unknown;
  /** How many were seen */
  messages?: number;
  /** How many of late */
  per_minute?: number;
  /** Epoch seconds */
  last_seen_at?: number | null;
  /** The broker keeps the last one */
  retained?: boolean;
}

/** How to take the last change back. */
export interface UndoBody {
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Session that asks */
  session?: string;
}

/** The units that people of the house read. */
export interface Units {
  /** °C or °F */
  temperature: string;
}

/** Where the weather is looked at. */
export interface WeatherConfig {
  /** Name of the place */
  defaultLocation?: string;
}

/** A place for notices. */
export interface WebhookBody {
  /** Address of the webhook, or any address of Apprise; sealed for the vault before it goes anywhere */
  url: string;
  /** discord, slack, telegram, ...; empty: by address */
  service?: string;
  /** Its name; empty: that of the service */
  name?: string;
}

/** The chain from the sentence or sensor to the device. */
export interface WhyReport {
  /** Entity that was asked about */
  entity_id: string;
  /** The chain in words */
  text: string;
  /** Trace id, where one of our wishes is behind it */
  trace_id?: string;
  /** Links, the cause first */
  steps?: (WhyStep)[];
}

/** One link of the chain, the cause first. */
export interface WhyStep {
  /** Epoch seconds */
  at?: number | null;
  /** Kind of link */
  what: "said" | "trigger" | "condition" | "rule" | "policy" | "approval" | "sent" | "read" | "outside";
  /** The link in words */
  text: string;
  /** The link as data */
  detail?: Record<string, unknown>;
}

/** A look back over a stream of values, instead of the last one. */
export interface Window {
  /** What is made of the values */
  function: "mean" | "min" | "max" | "count" | "rising" | "falling" | "stable" | "absent_for" | "event_count";
  /** How far back */
  seconds: number;
  /** event_count: what is counted; empty counts how often the value changed */
  event?: string | number | boolean | null;
  /** For the operator any: how far it must rise or fall (empty: 1), or may move while stable (0.5) */
  tolerance?: number | null;
}

/** Two agents that fit together. */
export interface Wiring {
  /** Agent that publishes */
  producer: string;
  /** Agent that could listen */
  consumer: string;
  /** Topic that would carry it */
  topic: string;
  /** Field of the producer by field of the consumer */
  fields?: Record<string, string>;
  /** How well they fit */
  score: number;
  /** For a person: what fits, and what has to be converted */
  note?: string;
}

/** Route to what it takes and answers. */
export interface Routes {
  "GET /api/health": { body: unknown; query: {  }; answer: Health };
  "GET /api/nodes": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (NodeView)[] };
  "GET /api/config": { body: unknown; query: {  }; answer: Config };
  "GET /api/metrics": { body: unknown; query: {  }; answer: unknown };
  "GET /api/cost": { body: unknown; query: { by?: "agent" | "model" | "rule" | "session" | "day" | "purpose"; period?: "all" | "today" | "month"; agent?: string; rule_id?: string; conversation_id?: string }; answer: CostReport };
  "POST /api/cost/limit": { body: LimitBody; query: {  }; answer: CostReport };
  "POST /api/cost/reset": { body: ResetBody | null; query: {  }; answer: CostReport };
  "GET /api/actors/{actor}/metrics": { body: unknown; query: {  }; answer: ActorMetrics };
  "POST /api/agents/command": { body: AgentOrder; query: {  }; answer: Obeyed };
  "GET /api/ha-map": { body: unknown; query: {  }; answer: HouseMap };
  "POST /api/actors/{actor}/message": { body: Said; query: {  }; answer: Sent };
  "GET /api/chats": { body: unknown; query: { limit?: number; agent?: string; role?: "" | "user" | "assistant"; session?: string | null; since?: number }; answer: (ChatTurn)[] };
  "GET /api/actors/{actor}/history": { body: unknown; query: { limit?: number }; answer: (ChatTurn)[] };
  "GET /api/actors": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (ActorView)[] };
  "GET /api/actors/{actor}": { body: unknown; query: {  }; answer: ActorView };
  "DELETE /api/actors/{actor}": { body: unknown; query: {  }; answer: CommandAccepted };
  "POST /api/actors/{actor}/pause": { body: unknown; query: {  }; answer: CommandAccepted };
  "POST /api/actors/{actor}/resume": { body: unknown; query: {  }; answer: CommandAccepted };
  "POST /api/actors/{actor}/start": { body: unknown; query: {  }; answer: CommandAccepted };
  "POST /api/actors/{actor}/stop": { body: unknown; query: {  }; answer: CommandAccepted };
  "POST /api/agents": { body: SpawnSpec; query: {  }; answer: SpawnResult };
  "GET /api/agents": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (AgentView)[] };
  "GET /api/agents/{name}": { body: unknown; query: {  }; answer: AgentView };
  "DELETE /api/agents/{name}": { body: unknown; query: {  }; answer: Controlled };
  "GET /api/agents/{name}/spec": { body: unknown; query: {  }; answer: SpecReport };
  "GET /api/agents/{name}/logs": { body: unknown; query: { limit?: number; since?: number | null }; answer: Logs };
  "POST /api/agents/{name}/start": { body: unknown; query: {  }; answer: Controlled };
  "POST /api/agents/{name}/stop": { body: unknown; query: {  }; answer: Controlled };
  "POST /api/agents/{name}/restart": { body: unknown; query: {  }; answer: Controlled };
  "POST /api/agents/{name}/pause": { body: unknown; query: {  }; answer: Controlled };
  "POST /api/agents/{name}/resume": { body: unknown; query: {  }; answer: Controlled };
  "POST /api/agents/{name}/migrate": { body: Destination; query: {  }; answer: Controlled };
  "GET /api/approvals": { body: unknown; query: { all?: boolean; limit?: number | null; cursor?: string }; answer: (Approval)[] };
  "POST /api/approvals/{approval_id}": { body: DecisionBody; query: {  }; answer: Decided };
  "GET /api/questions": { body: unknown; query: {  }; answer: (QuestionView)[] };
  "POST /api/questions/{agent_id}/{question_id}/answer": { body: ChoiceBody; query: {  }; answer: Choice };
  "POST /api/chat": { body: ChatBody; query: {  }; answer: ChatView };
  "POST /api/chat/stop": { body: StopBody | null; query: {  }; answer: Stopped };
  "GET /api/commands": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (CommandInfo)[] };
  "GET /api/home": { body: unknown; query: {  }; answer: HomeReport };
  "POST /api/home/{entity_id}": { body: NewState; query: {  }; answer: Device };
  "GET /api/house": { body: unknown; query: {  }; answer: HouseView };
  "POST /api/house/{entity_id}/actions": { body: DeedBody; query: {  }; answer: DeedDone };
  "POST /api/rules/preview": { body: RuleWish; query: {  }; answer: RuleResult };
  "POST /api/rules": { body: RuleWish; query: {  }; answer: RuleResult };
  "GET /api/rules": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (Rule)[] };
  "GET /api/rules.yaml": { body: unknown; query: {  }; answer: unknown };
  "POST /api/rules/import": { body: RuleText; query: {  }; answer: RuleFile };
  "GET /api/rules/{rule_id}": { body: unknown; query: {  }; answer: RuleResult };
  "PUT /api/rules/{rule_id}": { body: RuleBody; query: {  }; answer: RuleResult };
  "DELETE /api/rules/{rule_id}": { body: unknown; query: {  }; answer: RuleResult };
  "GET /api/rules/{rule_id}/why-not": { body: unknown; query: { start?: number | null; end?: number | null }; answer: RuleExplanation };
  "GET /api/rules/{rule_id}/firings": { body: unknown; query: { limit?: number }; answer: (FiringReport)[] };
  "POST /api/rules/{rule_id}/{change}": { body: unknown; query: {  }; answer: RuleResult };
  "GET /api/grants": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (StandingGrant)[] };
  "DELETE /api/rules/{rule_id}/grant": { body: unknown; query: {  }; answer: (StandingGrant)[] };
  "POST /api/backtests": { body: BacktestBody; query: {  }; answer: BacktestReport };
  "GET /api/plans": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (Plan)[] };
  "DELETE /api/plans": { body: unknown; query: {  }; answer: (Plan)[] };
  "GET /api/plans/{plan_id}": { body: unknown; query: {  }; answer: PlanResult };
  "POST /api/plans/{plan_id}/{decision}": { body: unknown; query: {  }; answer: PlanResult };
  "GET /api/automations": { body: unknown; query: { search?: string; limit?: number | null; cursor?: string }; answer: (Automation)[] };
  "POST /api/automations": { body: AutomationBody; query: {  }; answer: AutomationResult };
  "POST /api/automations/confirm": { body: Confirmation; query: {  }; answer: AutomationResult };
  "POST /api/automations/undo": { body: UndoBody | null; query: {  }; answer: AutomationResult };
  "GET /api/automations/{automation}": { body: unknown; query: {  }; answer: AutomationReport };
  "PUT /api/automations/{automation}": { body: AutomationBody; query: {  }; answer: AutomationResult };
  "DELETE /api/automations/{automation}": { body: unknown; query: { dry_run?: boolean; session?: string; language?: string }; answer: AutomationResult };
  "POST /api/automations/{automation}/{change}": { body: unknown; query: { dry_run?: boolean }; answer: AutomationResult };
  "GET /api/hardware": { body: unknown; query: { task: string; language?: string }; answer: HardwareReport };
  "GET /api/memory": { body: unknown; query: { session?: string }; answer: MemoryView };
  "DELETE /api/memory": { body: unknown; query: { session?: string }; answer: MemoryReport };
  "DELETE /api/memory/{key}": { body: unknown; query: {  }; answer: MemoryView };
  "GET /api/webhooks": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (Target)[] };
  "POST /api/webhooks": { body: WebhookBody; query: {  }; answer: Target };
  "DELETE /api/webhooks/{name}": { body: unknown; query: {  }; answer: (Target)[] };
  "POST /api/webhooks/{name}/test": { body: unknown; query: {  }; answer: NoticeResult };
  "GET /api/topics": { body: unknown; query: { keyword?: string; limit?: number; samples?: boolean }; answer: TopicReport };
  "GET /api/wirings": { body: unknown; query: { agent?: string; limit?: number | null; cursor?: string }; answer: (Wiring)[] };
  "GET /api/fuseki/{dataset}/sparql": { body: unknown; query: { query: string; default-graph-uri?: (string)[] | null; named-graph-uri?: (string)[] | null }; answer: unknown };
  "POST /api/fuseki/{dataset}/sparql": { body: unknown; query: {  }; answer: unknown };
  "POST /api/fuseki/{dataset}/update": { body: unknown; query: {  }; answer: unknown };
  "POST /api/publish": { body: PublishBody; query: {  }; answer: Published };
  "GET /api/feed": { body: unknown; query: { limit?: number; before?: string; cursor?: string; agent?: string; kind?: string }; answer: (FeedEntry)[] };
  "GET /api/alerts": { body: unknown; query: { limit?: number; before?: string; cursor?: string; agent?: string }; answer: (FeedEntry)[] };
  "GET /api/agents/{name}/history": { body: unknown; query: { seconds?: number }; answer: AgentHistory };
  "GET /api/history/nodes/{name}": { body: unknown; query: { seconds?: number }; answer: NodeHistory };
  "GET /api/agents/{name}/manifest": { body: unknown; query: {  }; answer: AgentManifest };
  "GET /api/policies": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (EntityPolicy)[] };
  "GET /api/policies/{entity_id}": { body: unknown; query: {  }; answer: EntityPolicy };
  "PUT /api/policies/{entity_id}": { body: PolicyBody; query: {  }; answer: PolicySaved };
  "DELETE /api/policies/{entity_id}": { body: unknown; query: {  }; answer: PolicySaved };
  "GET /api/house/{entity_id}/history": { body: unknown; query: { seconds?: number }; answer: EntityHistory };
  "GET /api/halt": { body: unknown; query: {  }; answer: HaltState };
  "GET /api/why": { body: unknown; query: { language?: string }; answer: WhyReport };
  "GET /api/why/{entity_id}": { body: unknown; query: { language?: string }; answer: WhyReport };
  "GET /api/audit": { body: unknown; query: { entity_id?: string; trace_id?: string; kind?: "" | "actuation" | "approval" | "policy" | "grant" | "halt" | "trim"; before?: number | null; limit?: number }; answer: (AuditEntry)[] };
  "GET /api/audit/verify": { body: unknown; query: {  }; answer: AuditVerdict };
  "GET /api/logs": { body: unknown; query: { agent?: string; lines?: number }; answer: LogLines };
  "GET /api/backup": { body: unknown; query: {  }; answer: unknown };
  "POST /api/restore": { body: unknown; query: {  }; answer: Restored };
  "POST /api/blobs": { body: unknown; query: {  }; answer: BlobView };
  "GET /api/upload": { body: unknown; query: {  }; answer: (BlobView)[] };
  "POST /api/upload": { body: unknown; query: {  }; answer: BlobView };
  "GET /api/blobs/{blob_id}": { body: unknown; query: {  }; answer: unknown };
  "DELETE /api/blobs/{blob_id}": { body: unknown; query: {  }; answer: unknown };
  "GET /api/events": { body: unknown; query: { topics: string; last_id?: string }; answer: unknown };
  "POST /api/mqtt-ticket": { body: TicketBody | null; query: {  }; answer: TicketView };
  "GET /api/session": { body: unknown; query: {  }; answer: SessionView };
  "POST /api/setup": { body: SetUp; query: {  }; answer: SessionView };
  "POST /api/login": { body: Login; query: {  }; answer: SessionView };
  "POST /api/logout": { body: unknown; query: {  }; answer: SessionView };
  "POST /api/password": { body: NewPassword; query: {  }; answer: SessionView };
  "GET /api/admission": { body: unknown; query: {  }; answer: unknown };
  "GET /api/sessions": { body: unknown; query: {  }; answer: (OneSession)[] };
  "DELETE /api/sessions/{id}": { body: unknown; query: {  }; answer: unknown };
  "GET /api/people": { body: unknown; query: {  }; answer: (PersonView)[] };
  "POST /api/people": { body: NewPerson; query: {  }; answer: PersonView };
  "PATCH /api/people/{name}": { body: PersonChange; query: {  }; answer: PersonView };
  "DELETE /api/people/{name}": { body: unknown; query: {  }; answer: unknown };
  "GET /api/tokens": { body: unknown; query: {  }; answer: (TokenView)[] };
  "POST /api/tokens": { body: NewToken; query: {  }; answer: MadeToken };
  "DELETE /api/tokens/{id}": { body: unknown; query: {  }; answer: unknown };
  "GET /api/changes": { body: unknown; query: { limit?: number; before?: number | null }; answer: (Change)[] };
}
