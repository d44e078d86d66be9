// Generated from the routes of the gateway by `./just gen`; do not edit.

import type {
  AgentManifest,
  Approval,
  AuditEntry,
  AuditVerdict,
  Automation,
  AutomationReport,
  AutomationResult,
  BacktestReport,
  Choice,
  CommandInfo,
  CostReport,
  EntityPolicy,
  Fact,
  FiringReport,
  HaltState,
  HardwareReport,
  MemoryReport,
  NoticeResult,
  Plan,
  PlanResult,
  Rule,
  RuleDraft,
  RuleExplanation,
  RuleFile,
  RuleResult,
  RuleText,
  SecretEntry,
  SpawnResult,
  SpawnSpec,
  SpecReport,
  StandingGrant,
  Target,
  TopicReport,
  WhyReport,
  Wiring,
} from "./generated";

export type {
  AgentManifest,
  Approval,
  AuditEntry,
  AuditVerdict,
  Automation,
  AutomationReport,
  AutomationResult,
  BacktestFiring,
  BacktestReport,
  BudgetLimit,
  BudgetState,
  Choice,
  CommandInfo,
  Condition,
  CostLine,
  CostReport,
  DetectionTrigger,
  EntityPolicy,
  Fact,
  FieldSeen,
  FiringReport,
  Grants,
  HaltState,
  HardwareNeed,
  HardwareReport,
  Hours,
  IntervalTrigger,
  Limits,
  MemoryReport,
  MqttTrigger,
  NoticeAction,
  NoticeResult,
  NumericTrigger,
  Plan,
  PlanResult,
  PlanStep,
  Rule,
  RuleBefore,
  RuleDraft,
  RuleExplanation,
  RuleFile,
  RuleResult,
  RuleText,
  SecretEntry,
  ServiceCall,
  SpawnResult,
  SpawnSpec,
  SpawnedAgent,
  SpecReport,
  StandingGrant,
  StateTrigger,
  SunTrigger,
  Target,
  TaskAction,
  TimeTrigger,
  TopicReport,
  TopicSeen,
  WhyReport,
  WhyStep,
  Window,
  Wiring,
} from "./generated";

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

/** Somebody has no account any more. */
export interface Removed {
  /** Name */
  name: string;
  /** What was forgotten so far, in words */
  forgotten: (string)[];
  /** Agents that will forget it once they are back; the name is free then */
  waits_for: (string)[];
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

/** What a rule shall say: exactly one of a draft, YAML and a sentence. */
export interface RuleBody {
  /** Trigger, conditions and actions */
  draft?: RuleDraft | null;
  /** The same as YAML, as GET shows it */
  yaml?: string;
  /** The same in words */
  sentence?: string;
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

/** The message is kept and on its way; nobody waits for its answer. */
export interface Sent {
  status?: "sent";
  /** Id of the message; its answer carries it */
  id: string;
  /** Agent that gets it */
  agent: string;
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

/** A state that the entity took. */
export interface StatePoint {
  /** Epoch seconds */
  t: number;
  /** State from then on */
  state: string;
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
  "GET /api/questions": { body: unknown; query: { limit?: number | null; cursor?: string }; answer: (QuestionView)[] };
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
  "GET /api/fuseki/{dataset}/sparql": { body: unknown; query: { query: string; "default-graph-uri"?: (string)[]; "named-graph-uri"?: (string)[] }; answer: unknown };
  "POST /api/fuseki/{dataset}/sparql": { body: unknown; query: {  }; answer: unknown };
  "POST /api/fuseki/{dataset}/update": { body: unknown; query: {  }; answer: unknown };
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
  "DELETE /api/people/{name}": { body: unknown; query: {  }; answer: Removed };
  "GET /api/tokens": { body: unknown; query: {  }; answer: (TokenView)[] };
  "POST /api/tokens": { body: NewToken; query: {  }; answer: MadeToken };
  "DELETE /api/tokens/{id}": { body: unknown; query: {  }; answer: unknown };
  "GET /api/changes": { body: unknown; query: { limit?: number; before?: number | null }; answer: (Change)[] };
}
