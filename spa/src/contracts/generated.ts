// Generated from the contracts by `./just gen`; do not edit.

/** One agent as the monitor sees it. */
export interface ActorHealth {
  /** HLC-WID of the agent */
  id: string;
  /** Agent name */
  name: string;
  /** idle, running, paused, stopped, failed, degraded or quarantined */
  state: string;
  /** Seconds since the last heartbeat */
  last_seen_ago: number;
  /** Errors in a row */
  consecutive_errors?: number;
  /** Phase of the last error */
  error_phase?: string;
}

/** Service calls to be made once, in order. */
export interface Actuation {
  /** What to do */
  calls: (ServiceCall)[];
  /** The sentence or rule behind it */
  reason?: string;
  /** A model that read untrusted text proposed it */
  tainted?: boolean;
  /** Rule that fired, if one did */
  rule_id?: string;
  /** Who said it, as the door that let them in knows them */
  person?: string;
  /** What decided on it */
  origin?: "person" | "model" | "rule" | "agent";
  /** Trigger with its value and conditions with theirs, when a rule fired */
  evidence?: Record<string, unknown>;
}

/** Evidence of an actuation: what was sent and what was read back. */
export interface ActuationEvent {
  /** Rule or task that caused it */
  automation_id: string;
  /** Id of the durable task */
  task_id: string;
  /** Calls with their outcome */
  actions: (Record<string, unknown>)[];
  /** What triggered it */
  trigger_payload?: Record<string, unknown> | null;
  /** Epoch seconds */
  timestamp: number;
  /** Follows one wish from the sentence or sensor to the device */
  trace_id?: string;
  /** Entities that were acted on */
  entity_ids?: (string)[];
  /** done, failed or unknown */
  outcome?: string;
  /** Who, where a person is behind it */
  person?: string;
  /** person, model, rule or agent */
  origin?: string;
}

/** How an actuation ended, call by call. */
export interface ActuationResult {
  /** One for each call, in order */
  outcomes: (CallOutcome)[];
  /** One sentence for a person */
  text: string;
  /** Approval that calls wait for, if any do */
  approval_id?: string;
}

/** Something a person should know. */
export interface AgentAlert {
  /** HLC-WID of the agent that is concerned */
  actor_id: string;
  /** Agent name */
  name: string;
  /** What happened and what to do */
  message: string;
  /** How bad it is */
  severity: "info" | "warning" | "error" | "critical";
  /** Epoch seconds */
  timestamp: number;
  /** Seconds since the last heartbeat */
  last_seen_ago?: number | null;
  /** State as known to the monitor */
  state?: string | null;
  /** What it says, for pages that tell it in other languages */
  code?: string;
  /** The values in it, by name */
  data?: Record<string, string | number>;
}

/** A control request. */
export interface AgentCommand {
  /** What to do */
  command: "start" | "stop" | "pause" | "resume" | "delete";
  /** Who asks */
  sender?: string;
  /** Epoch seconds */
  timestamp?: number | null;
}

/** A structured failure. */
export interface AgentError {
  /** HLC-WID of the agent */
  actor_id: string;
  /** Agent name */
  name: string;
  /** compile, setup, process, handle_task, supervisor, or consume (bad input) */
  phase: string;
  /** What went wrong */
  error: string;
  /** Last 1,200 characters of the traceback */
  traceback?: string;
  /** Errors in a row, or bad messages since the last report */
  consecutive?: number;
  /** The agent cannot go on */
  fatal?: boolean;
  /** How bad it is */
  severity?: "warning" | "critical" | "fatal";
  /** The agent goes on with less */
  degraded?: boolean;
  /** Epoch seconds */
  timestamp: number;
  /** Topic of the message that could not be read */
  topic?: string | null;
}

/** A log event that people may read. */
export interface AgentLog {
  /** Kind of log event */
  type: "log" | "spawned" | "user_interaction" | "error";
  /** Text */
  message?: string;
  /** Epoch seconds */
  timestamp: number;
  /** Log level */
  level?: string;
  /** Name of a spawned agent */
  child_name?: string | null;
  /** First 100 characters of what a person said */
  input?: string | null;
  /** First 200 characters of the answer */
  response?: string | null;
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

/** Counters, sent with each heartbeat and after each model call. */
export interface AgentMetrics {
  /** HLC-WID of the agent */
  actor_id: string;
  /** Messages handled since start */
  messages_processed?: number;
  /** Errors since start */
  errors?: number;
  /** Seconds since start */
  uptime?: number;
  /** Tasks done since start */
  tasks_completed?: number;
  /** Tasks failed since start */
  tasks_failed?: number;
  /** Tasks over time since start */
  tasks_timed_out?: number;
  /** Starts of this agent before this one */
  restart_count?: number;
  /** Tokens sent to models */
  input_tokens?: number | null;
  /** Tokens received from models */
  output_tokens?: number | null;
  /** Cost of model calls in US dollars */
  cost_usd?: number | null;
  /** Model calls */
  llm_calls?: number | null;
  /** From the keeper of the ledger: the same by agent that paid, all calls among them */
  paid_by?: Record<string, Paid> | null;
  /** Last frame before a stop */
  final?: boolean | null;
}

/** Names a spawned agent. */
export interface AgentName {
  /** Agent name */
  name: string;
}

/** A request about one agent of a node; a bare string is the name. */
export interface AgentNameRequest {
  /** Agent name */
  name: string;
  /** Why, for the log */
  reason?: string;
  /** On a stop: forget its state and clear its retained topics too */
  delete?: boolean;
  /** With delete: leave the retained topics, another copy has them */
  keep_topics?: boolean;
  [key: string]: unknown;
}

/** Announcement at start. */
export interface AgentSpawned {
  /** HLC-WID of the agent */
  agent_id: string;
  /** Name by which people and tasks address the agent */
  name: string;
  /** Kind of agent, for example service or dynamic */
  agent_type: string;
  /** Node that runs it; empty on the main machine */
  node?: string;
  /** Epoch seconds */
  timestamp: number;
}

/** Sent at every change of state; the last will speaks here too. */
export interface AgentStatus {
  /** HLC-WID of the agent */
  actor_id: string;
  /** Agent name */
  name: string;
  /** Lifecycle state; other senders may know more than AgentState */
  state: string;
  /** Seconds since start */
  uptime?: number;
  /** Messages handled since start */
  messages_processed?: number;
  /** Starts of this agent before this one */
  restart_count?: number;
  /** Somebody restarts it */
  supervised?: boolean;
  /** Delete is refused */
  protected?: boolean;
  /** Rises with each start of this agent */
  incarnation?: number;
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

/** An approval opened or ended; what it is about, its code and its PIN are told to those who ask only. */
export interface ApprovalEvent {
  /** Approval id */
  id: string;
  /** Agent that asks */
  agent: string;
  /** What it is about */
  kind: string;
  /** How it stands */
  state: "open" | "approved" | "denied" | "expired";
}

/** Which approvals to list. */
export interface ApprovalQuery {
  /** The decided ones of the last day too */
  all?: boolean;
}

/** Approvals of one agent. */
export interface Approvals {
  /** Oldest first */
  approvals: (Approval)[];
}

/** A room or other area. */
export interface Area {
  /** Id in Home Assistant's area registry */
  area_id: string;
  /** Name as people say it */
  name: string;
  /** Other names */
  aliases?: (string)[];
  /** Floor it is on */
  floor_id?: string | null;
  /** Label ids */
  labels?: (string)[];
}

/** The areas of the house. */
export interface AreaList {
  /** Rooms and other areas */
  areas: (Area)[];
}

/** A file that a person attached to a message; its content is read with `read_blob`. */
export interface Attachment {
  /** Id in the gateway's store */
  id: string;
  /** Name that the person's file had, without folders */
  name: string;
  /** What the first bytes of the file say that it is */
  media_type: string;
  /** Bytes */
  size: number;
  /** Hash of the content */
  sha256?: string;
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

/** Lines of the audit log. */
export interface AuditLines {
  /** Newest first */
  lines: (AuditEntry)[];
}

/** What became of an automation of Home Assistant, for the audit log; only home-assistant-agent tells it. */
export interface AuditNote {
  /** create, change, delete, enable, disable, approved or denied */
  verdict: string;
  /** Name of the automation */
  name: string;
  /** Id in Home Assistant */
  automation_id?: string;
  /** Who said or approved it */
  person?: string;
  /** Approval that it was about */
  approval_id?: string;
  /** Entities that it names */
  entity_ids?: (string)[];
  /** What was done, for a person */
  text?: string;
}

/** Which lines to list. */
export interface AuditQuery {
  /** Only lines about this entity */
  entity_id?: string;
  /** Only lines of this wish */
  trace_id?: string;
  /** Only lines of this kind */
  kind?: string;
  /** Only lines with a smaller number */
  before?: number | null;
  /** At most so many, newest first */
  limit?: number;
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

/** Automations. */
export interface AutomationList {
  /** By name */
  automations: (Automation)[];
  /** The list for a person */
  text: string;
}

/** Which automations to list. */
export interface AutomationQuery {
  /** Words of the name, an id or an entity; empty for all */
  search?: string;
}

/** Names one automation. */
export interface AutomationRef {
  /** Id, entity id or name of the automation */
  automation: string;
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

/** Run a rule over the past without acting; one of rule_id and draft. */
export interface Backtest {
  /** Rule that is kept */
  rule_id?: string;
  /** A rule that is not made yet */
  draft?: RuleDraft | null;
  /** How far back */
  days?: number;
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

/** One part of a file. */
export interface BlobPart {
  /** The file */
  blob: Attachment;
  /** Which part, from 0 */
  part: number;
  /** How many there are */
  parts: number;
  /** Base64 of at most 256 KiB */
  data: string;
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

/** Count anew from now on; the ledger itself keeps every call. */
export interface BudgetReset {
  /** Which budgets; empty: every one */
  scope?: "" | "all" | "agent" | "tree";
  /** Agent, where one agent's budgets are meant */
  agent?: string;
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

/** How one call ended. */
export interface CallOutcome {
  /** What was sent */
  call: ServiceCall;
  /** done when the effect was read back; unknown when it was not */
  state: TaskState;
  /** For a person */
  detail?: string;
  /** Approval that it, or the part of it that was not sent, waits for */
  approval_id?: string;
  /** Home Assistant's id of what the call caused, if it told one */
  context_id?: string;
}

/** Nobody waits for an answer any more. */
export interface CancelCompletion {
  /** Request id that the completions were made for */
  stream_to: string;
}

/** What an agent answers to a ChatRequest; any other object is read as text. */
export interface ChatAnswer {
  /** The answer */
  text: string;
  /** What understood the sentence */
  source?: "rules" | "local" | "cloud";
  /** As of ChatReply, of the physical action if any */
  status?: string;
  /** Cost of the model calls behind this answer */
  cost_usd?: number | null;
  /** Approval that the answer asks for, if it is just one */
  approval_id?: string;
  /** Nothing was done, only because the house is not known yet */
  not_ready?: boolean;
}

/** A person's message, from any surface. */
export interface ChatMessage {
  /** Who speaks */
  from?: string;
  /** What they say; may begin with @name or /command */
  content: string;
  /** Request id, carried by every reply */
  id?: string;
  /** Session; follow-ups and memory are kept per session */
  conversation_id?: string;
  /** Agent to hand it to; empty lets the text decide */
  to?: string;
  /** Epoch seconds */
  timestamp?: number | null;
  /** Who was let in, named by the gateway only */
  person?: string;
  /** What they may do, told by the gateway only */
  standing?: "" | "talk" | "user" | "admin" | "owner";
  /** What the door took out of the text and sealed for the vault */
  secrets?: (SealedSecret)[];
  /** Files that belong to it; read_blob of the gateway has them */
  attachments?: (Attachment)[];
}

/** A piece of an answer while it is being written. */
export interface ChatPiece {
  /** Request id of the message that is answered */
  id: string;
  /** Agent that answers */
  from: string;
  /** Next piece of text */
  content: string;
  /** Counts from 0 */
  index: number;
}

/** The answer to a person. */
export interface ChatReply {
  /** Agent that answers */
  from: string;
  /** Who is answered */
  to?: string;
  /** The answer */
  content: string;
  /** Epoch seconds */
  timestamp: number;
  /** Request id of the message that is answered */
  id?: string;
  /** Session of the message that is answered */
  conversation_id?: string;
  /** What understood the sentence */
  source?: "rules" | "local" | "cloud";
  /** done, failed, expired, unknown, stopped, or waiting for a yes */
  status?: string;
  /** Follows one wish through all agents */
  trace_id?: string;
  /** Cost of the model calls behind this answer */
  cost_usd?: number | null;
  /** Approval that the answer asks for, if it is just one */
  approval_id?: string;
  /** Nothing was done, only because the house is not known yet */
  not_ready?: boolean;
}

/** A message handed to the agent that shall answer it. */
export interface ChatRequest {
  /** What the person says, without @name */
  text: string;
  /** Session */
  conversation_id?: string;
  /** Request id; names the stream of pieces */
  chat_id?: string;
  /** Who speaks */
  user?: string;
  /** Who speaks, as the door that let them in knows; else empty */
  person?: string;
  /** What they may do, as that door knows; else empty */
  standing?: "" | "talk" | "user" | "admin" | "owner";
  /** Language of the session; empty detects it */
  language?: string;
  /** For agents of others: the object that was typed, or the text */
  payload?: unknown;
  /** What the text refers to as secret:..., sealed for the vault */
  secrets?: (SealedSecret)[];
  /** Files that belong to it; read_blob of the gateway has them */
  attachments?: (Attachment)[];
}

/** Nobody waits for an answer any more: whoever works on it stops, and does nothing further. */
export interface ChatStop {
  /** Request id of the message */
  chat_id?: string;
  /** Session, where all its messages are meant */
  conversation_id?: string;
  /** Whose of the session; empty: of nobody known; null: everybody's */
  person?: string | null;
  /** Epoch seconds */
  timestamp: number;
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

/** All commands, for completion. */
export interface CommandList {
  /** In the order of /help */
  commands: (CommandInfo)[];
}

/** A question to the model. */
export interface Completion {
  /** The conversation, oldest first */
  messages: (ModelMessage)[];
  /** Instructions */
  system?: string;
  /** What the model may ask for */
  tools?: (Tool)[];
  /** Tool that must be called: structured output */
  force_tool?: string;
  /** Longest answer */
  max_tokens?: number;
  /** Model, as provider:name or name; empty leaves it to the tier */
  model?: string;
  /** fast for a classification, smart for a plan; empty for the usual model */
  tier?: "" | "fast" | "smart";
  /** An answer to the same question of a short while ago will do */
  reuse?: boolean;
  /** Agent that pays for it */
  agent?: string;
  /** Agents above the payer, whose budgets pay as well, nearest first */
  on_behalf_of?: (string)[];
  /** Session that it is for */
  conversation_id?: string;
  /** Whose session it is, where that is known */
  person?: string;
  /** Rule that it is for */
  rule_id?: string;
  /** Why, for the ledger: chat, intent, rule, plan, summary, facts, ... */
  purpose?: string;
  /** Request id whose pieces are published while it is written */
  stream_to?: string;
  /** Request id of the message that it is made for, without pieces */
  for_chat?: string;
  /** Index of the first piece, where the caller has published those before it */
  stream_index?: number;
}

/** The model's answer. */
export interface CompletionResult {
  /** Text of the answer */
  text?: string;
  /** Calls that the model wants made */
  tool_calls?: (ToolCall)[];
  /** offline, anthropic, ... */
  provider: string;
  /** Model that answered; empty when none did */
  model: string;
  /** Tokens sent, cached ones included */
  input_tokens?: number;
  /** Tokens received */
  output_tokens?: number;
  /** Cost in US dollars */
  cost_usd?: number;
  /** False when no price is known for the model */
  priced?: boolean;
  /** end_turn, tool_use, max_tokens, ... */
  stop_reason?: string;
  /** False when no model is configured; text then says so */
  available?: boolean;
  /** The model that answered runs on this machine or network */
  local?: boolean;
  /** The answer was given before and cost nothing now */
  reused?: boolean;
  /** The tokens are an estimate: the provider did not tell them */
  estimated?: boolean;
  /** What a person should know: a cheaper model answered, and why */
  notice?: string;
  /** Attached files that the model was not shown */
  unseen?: (UnseenFile)[];
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

/** A person's yes or no to a change that was proposed in the same session; one that opens something needs more. */
export interface ConfirmAutomation {
  /** `confirm` of the proposal; empty for the session's own */
  token?: string;
  /** False drops the proposal */
  yes?: boolean;
  /** Session that answers */
  conversation_id?: string;
  /** Who answers */
  person?: string;
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

/** Which costs to report. */
export interface CostQuery {
  /** One line for each of these */
  by?: "agent" | "model" | "rule" | "session" | "day" | "purpose";
  /** Since when, by the local calendar */
  period?: "all" | "today" | "month";
  /** Only what this agent paid, and those on whose behalf it did */
  agent?: string;
  /** Only what this rule cost */
  rule_id?: string;
  /** Only what this session cost */
  conversation_id?: string;
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

/** Make an automation in Home Assistant: of a draft or a configuration, else of a sentence by a model. */
export interface CreateAutomation {
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Who said it */
  person?: string;
  /** Session that asked; a yes counts only there */
  conversation_id?: string;
  /** Language of the answer */
  language?: string;
  /** The sentence */
  task?: string;
  /** What the grammar read */
  draft?: RuleDraft | null;
  /** A whole configuration in Home Assistant's form */
  config?: Record<string, unknown> | null;
}

/** Make a rule from a sentence; without a draft a model fills one in. */
export interface CreateRule {
  /** Only say what it would be */
  preview?: boolean;
  /** Language of the person */
  language?: string;
  /** The sentence */
  task: string;
  /** What the grammar read */
  draft?: RuleDraft | null;
  /** Session that asked */
  conversation_id?: string;
  /** Request id of the message: when it is stopped, no rule is made */
  chat_id?: string;
}

/** A message that could not be read; the payload itself is not repeated. */
export interface DeadLetter {
  /** Where it came in */
  topic: string;
  /** Why it could not be read */
  reason: string;
  /** Hash of the payload */
  sha256: string;
  /** Bytes */
  size: number;
  /** Such messages since the last report */
  count?: number;
  /** Epoch seconds */
  timestamp: number;
}

/** A person's answer to an approval; the door that sends it has authenticated the person. */
export interface Decision {
  /** Approval id */
  id: string;
  /** The answer */
  decision: "approve" | "deny";
  /** Who decided */
  by?: string;
  /** Where it asks for a PIN: for each salt a proof, made for the approval's id; never the PIN */
  pin_proofs?: Record<string, string>;
}

/** Delete an automation; a person must say yes to it. */
export interface DeleteAutomation {
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Who said it */
  person?: string;
  /** Session that asked; a yes counts only there */
  conversation_id?: string;
  /** Language of the answer */
  language?: string;
  /** Id, entity id or name of the automation */
  automation: string;
}

/** What a camera agent saw. */
export interface Detection {
  /** Whether the target was seen */
  detected: boolean;
  /** What was looked for */
  target?: string;
  /** Everything that was seen */
  objects?: (Record<string, unknown>)[];
  [key: string]: unknown;
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

/** A device, which brings one or more entities. */
export interface Device {
  /** Id in Home Assistant's device registry */
  device_id: string;
  /** Name as people say it */
  name: string;
  /** Area it stands in */
  area_id?: string | null;
  /** Who made it */
  manufacturer?: string | null;
  /** What its maker calls it */
  model?: string | null;
  /** Label ids */
  labels?: (string)[];
}

/** The devices of the house. */
export interface DeviceList {
  /** Devices */
  devices: (Device)[];
}

/** It was done; `text` says what. */
export interface Done {
  /** What was done */
  text: string;
}

/** Change an automation: by a draft or a configuration, else as a sentence says, by a model. */
export interface EditAutomation {
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Who said it */
  person?: string;
  /** Session that asked; a yes counts only there */
  conversation_id?: string;
  /** Language of the answer */
  language?: string;
  /** Id, entity id or name of the automation */
  automation: string;
  /** What shall be different */
  task?: string;
  /** What the grammar read */
  draft?: RuleDraft | null;
  /** The whole new configuration */
  config?: Record<string, unknown> | null;
}

/** Change a rule: by YAML, by a sentence, or by a whole draft, which may come with its sentence. */
export interface EditRule {
  /** Id as shown by /rules */
  rule_id: string;
  /** What it shall say */
  draft?: RuleDraft | null;
  /** The same as YAML */
  yaml?: string;
  /** The same in words */
  sentence?: string;
}

/** One entity as the registry knows it. */
export interface Entity {
  /** For example light.kitchen_light */
  entity_id: string;
  /** Name as people say it */
  name: string;
  /** Other names */
  aliases?: (string)[];
  /** Area it is in, its device's area included */
  area_id?: string | null;
  /** For example temperature or door */
  device_class?: string | null;
  /** Unit of measurement */
  unit?: string | null;
  /** State when the registry was read */
  state?: string | null;
  /** Attributes when the registry was read */
  attributes?: Record<string, unknown>;
  /** When it took its state, in epoch seconds; known in reports of live states only */
  changed_at?: number | null;
  /** Id that outlives a new entity id; empty for unregistered ones */
  registry_id?: string;
  /** Device that brings it */
  device_id?: string | null;
  /** Label ids, those of its device not included */
  labels?: (string)[];
  /** config or diagnostic; None for what people use */
  category?: string | null;
  /** A person has hidden it: found by its name only, never in groups */
  hidden?: boolean;
}

/** Entities with their live state. */
export interface EntityList {
  /** By entity id */
  entities: (Entity)[];
  /** How many there are, those left out included */
  total: number;
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

/** Which entities to list. */
export interface EntityQuery {
  /** Only this domain */
  domain?: string;
  /** Only this area, by id or name */
  area?: string;
  /** Only these */
  entity_ids?: (string)[];
  /** At most so many */
  limit?: number;
}

/** Somebody is not here any more: nothing that they have said stays. */
export interface ErasePerson {
  /** Person, as the door knew them */
  person: string;
}

/** What was forgotten of somebody. */
export interface Erased {
  /** The same in words */
  text: string;
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

/** Which firings to look up. */
export interface FiringQuery {
  /** Firings of this rule */
  rule_id?: string;
  /** The firing of this trace */
  trace_id?: string;
  /** At most so many, newest first */
  limit?: number;
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

/** Firings. */
export interface FiringReports {
  /** Newest first */
  firings: (FiringReport)[];
}

/** One agent spoke to another one, or on a topic; what it said is not told. */
export interface Flow {
  /** Agent that speaks; user for a person, empty when nobody knows */
  sender: string;
  /** Agent that is spoken to or listens; user for a person, empty: nobody known */
  receiver: string;
  /** task, reply, event or chat */
  kind: "task" | "reply" | "event" | "chat";
  /** Topic; of a reply without the token in it */
  topic: string;
  /** Messages since the last report */
  count: number;
}

/** Who spoke to whom, at most twice a second and only while a browser looks. */
export interface Flows {
  /** Epoch seconds */
  timestamp: number;
  /** The liveliest first */
  flows: (Flow)[];
  /** Messages of flows for which there was no room */
  left_out?: number;
}

/** What is to be forgotten. */
export interface Forget {
  /** One fact; empty: everything of the person and session */
  key?: string;
  /** Person, as the door knows them */
  person?: string;
  /** Session whose summaries go as well */
  conversation_id?: string;
}

/** A rule asks for a standing yes to exactly these calls; a person decides on it like on any approval. */
export interface Grant {
  /** Rule that may then make the calls without asking each time */
  rule_id: string;
  /** Exactly what it may do */
  calls: (ServiceCall)[];
  /** The rule in words */
  summary?: string;
  /** The same by language, where it is known */
  summaries?: Record<string, string>;
}

/** What became of it. */
export interface GrantResult {
  /** needs_approval waits for a yes */
  status: "needed_none" | "needs_approval" | "granted";
  /** Approval to decide on */
  approval_id?: string;
  /** One sentence for a person */
  text: string;
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

/** Stop everything that acts, or let it act again. */
export interface HaltRequest {
  /** True stops all actuation and all rules; False lets them go on */
  halted: boolean;
  /** Who asked */
  by?: string;
}

/** What holds now. */
export interface HaltResult {
  /** Whether this agent is halted now */
  halted: boolean;
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

/** What a person would like the house to do. */
export interface HardwareQuery {
  /** The wish */
  task: string;
  /** Language of the answer */
  language?: string;
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

/** Liveness pulse, sent by the work loop itself. */
export interface Heartbeat {
  /** HLC-WID of the agent */
  actor_id: string;
  /** Agent name */
  name: string;
  /** Epoch seconds */
  timestamp: number;
  /** Lifecycle state; other senders may know more than AgentState */
  state: string;
  /** The process's share of memory in MiB */
  memory_mb?: number;
  /** Share of one core that the process used since the last heartbeat, in percent */
  cpu_percent?: number | null;
  /** What it is doing, in one line */
  task?: string;
  /** Delete is refused */
  protected?: boolean;
  /** Stop and pause are refused */
  essential?: boolean;
  /** Node that runs it; empty on the main machine */
  node?: string;
  /** Rises with each item the work loop handles */
  progress?: number;
  /** Rises with each start of this agent */
  incarnation?: number;
  /** Process id on its machine */
  pid?: number;
  /** Handlers that run past their own time-out */
  overdue?: (string)[];
  /** Which one it is of several that share the name; else empty */
  replica?: string;
}

/** A state that an entity took. */
export interface HistoryPoint {
  /** Entity */
  entity_id: string;
  /** Epoch seconds of the change */
  at: number;
  /** State from then on */
  state: string;
  /** Attributes, if they were asked for */
  attributes?: Record<string, unknown>;
}

/** Asks what entities did in a span of time. */
export interface HistoryQuery {
  /** Entities */
  entity_ids: (string)[];
  /** Epoch seconds; each entity's first point is its state at this time */
  start: number;
  /** Epoch seconds */
  end: number;
  /** With attributes, where the recorder has them */
  attributes?: boolean;
}

/** A span of history; a long one comes in several answers. */
export interface HistoryReport {
  /** In the order of time */
  points: (HistoryPoint)[];
  /** The recorder knows nothing before, epoch seconds */
  recorded_since?: number | null;
  /** Ask again from here for the rest; None when complete */
  next_start?: number | null;
}

/** The entity and location map; over the size limit it comes in chunks. */
export interface HomeMap {
  /** Kind of message */
  type?: string;
  /** What caused it */
  event_type?: string;
  /** Epoch seconds */
  timestamp: number;
  /** Home Assistant's event, if one caused it */
  event?: Record<string, unknown> | null;
  /** Devices with entities and areas */
  devices?: (Record<string, unknown>)[] | null;
  /** Version of the registry that this map shows */
  version?: number;
  [key: string]: unknown;
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

/** One part of the registry. */
export interface HousePart {
  /** Version of the registry that this is a part of */
  version: number;
  /** Which part, from 0; the first again when another version was asked for */
  part: number;
  /** How many there are */
  parts: number;
  /** Base64 of a piece of the zlib-compressed JSON of a House */
  data: string;
}

/** Asks for one part of the registry, which may be larger than a message. */
export interface HouseQuery {
  /** Which part, from 0 */
  part?: number;
  /** Version that the earlier parts were of; None for the first */
  version?: number | null;
}

/** Which version of the registry there is now. */
export interface HouseVersion {
  /** Version of the registry; another one than yours means: ask for it again */
  version: number;
}

/** Fires again and again. */
export interface IntervalTrigger {
  /** Kind of trigger */
  kind?: "interval";
  /** Time between two firings */
  seconds: number;
}

/** What a spawned agent may use up. */
export interface Limits {
  /** Memory of the instance in MiB */
  memory_mb?: number;
  /** Share of one processor */
  cpu?: number;
}

/** Ask a node for its agents; any object will do. */
export interface ListRequest {
  [key: string]: unknown;
}

/** What shall happen to a spawned agent, or to a service that is in quarantine. */
export interface Management {
  /** Agent name */
  name: string;
  /** What to do */
  command: "start" | "stop" | "restart" | "delete";
  /** Who asks */
  by?: string;
}

/** Whose memory. */
export interface MemoryQuery {
  /** Person, as the door knows them */
  person?: string;
  /** Session whose summary is wanted */
  conversation_id?: string;
}

/** What is remembered. */
export interface MemoryReport {
  /** Oldest first */
  facts: (Fact)[];
  /** Chain of summaries of the session, oldest first */
  summaries?: (string)[];
}

/** Move an agent from this node to another. */
export interface MigrateRequest {
  /** Agent name */
  name: string;
  /** Where it shall run; @main hands it back with its state */
  target_node: string;
  /** With @main: token that the answer on state_return carries */
  return_token?: string;
  [key: string]: unknown;
}

/** How a migration ended. */
export interface MigrateResult {
  /** Whether the agent runs on its new node */
  success: boolean;
  /** Agent name */
  agent: string;
  /** Where it ran */
  from_node?: string;
  /** Where it runs */
  to_node?: string;
  /** Why it failed */
  error?: string | null;
  /** Epoch seconds */
  timestamp: number;
}

/** A spawned agent shall move to another node, with what it has kept. */
export interface Migration {
  /** Agent name */
  name: string;
  /** Node name; empty or local for the main machine */
  target_node?: string;
}

/** One message of a conversation with a model. */
export interface ModelMessage {
  /** Who speaks */
  role: "user" | "assistant" | "tool";
  /** Text; for a tool its result */
  content?: string;
  /** Calls that the assistant asked for */
  tool_calls?: (ToolCall)[];
  /** Call that a tool message answers */
  tool_call_id?: string;
  /** Pictures and documents that belong to it; the llm service fetches them from the gateway by id */
  attachments?: (Attachment)[];
}

/** A question to the model from an agent of a stand-alone runner, which has no task of its own for it. */
export interface ModelRequest {
  /** Conversation, oldest first, each with role and content */
  messages?: (Record<string, unknown>)[];
  /** Instructions */
  system?: string;
  /** Below nodes/{node}/reply/, where {text, usage} is told */
  _reply_topic: string;
  /** Echoed in the answer */
  _task_id?: string;
  /** Agent that asks */
  agent?: string;
  /** Its node */
  node: string;
  [key: string]: unknown;
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

/** The agents of a node. */
export interface NodeAgents {
  /** Node name */
  node: string;
  /** Objects of name and actor_id */
  agents: (Record<string, unknown>)[];
  /** Epoch seconds */
  timestamp: number;
}

/** A process started, died or was put in quarantine. */
export interface NodeEvent {
  /** Node name */
  node: string;
  /** Process name */
  name: string;
  /** What happened */
  kind: "started" | "died" | "quarantined" | "stopped";
  /** Process id concerned */
  pid?: number;
  /** Exit code, or minus the signal; None when unknown */
  exit_code?: number | null;
  /** Seconds until the restart, after a death */
  delay?: number | null;
  /** Deaths within the window of the restart policy */
  deaths?: number;
  /** Epoch seconds */
  timestamp: number;
}

/** Liveness pulse of a runner. */
export interface NodeHeartbeat {
  /** Node name */
  node: string;
  /** HLC-WID of the runner */
  node_id: string;
  /** Epoch seconds */
  timestamp: number;
  /** Names of the agents that run there */
  agents?: (string)[];
  /** How many agents run there */
  agent_count?: number;
  /** Broker address without credentials */
  broker?: string;
  /** Process id of the runner */
  pid?: number;
  /** Every process under the runner */
  processes?: (ProcessInfo)[];
  /** online, offline or restarting */
  status?: string;
  /** node for ours; empty for the stand-alone runner of others */
  runtime?: string;
  /** Version of the runner */
  version?: string;
  /** Seconds since the runner started */
  uptime_s?: number;
  /** Whether it demands signed spawn messages */
  signing?: boolean;
  /** Spawn messages refused since it started */
  signing_failures?: number;
}

/** A machine that runs agents. */
export interface NodeReport {
  /** Node name */
  node: string;
  /** Heard within the last 30 s and not going away */
  online: boolean;
  /** Epoch seconds */
  last_seen: number;
  /** Names of the agents that run there */
  agents?: (string)[];
  /** node, or runner for the stand-alone one */
  runtime?: string;
  /** Version of its runner */
  version?: string;
}

/** Every node. */
export interface NodeReports {
  /** The main machine first */
  nodes: (NodeReport)[];
}

/** A request or result without content. */
export interface Nothing {
}

/** Something a person is to be told. */
export interface Notice {
  /** What is said */
  text: string;
  /** Heading, where the service has one */
  title?: string;
  /** Name of a place, a service such as discord, or page; empty: the usual one */
  target?: string;
  /** Notices with the same key are about the same thing: they are held back during the cool-down, and edit the one before where the service can */
  key?: string;
  /** critical is told in quiet hours too */
  severity?: "info" | "warning" | "critical";
  /** Quiet time per key */
  cooldown_seconds?: number;
  /** HH:MM-HH:MM in the house's time: told when they end, as one message */
  quiet_hours?: string;
  /** Change the message with this key that was sent before, if one was */
  edit?: boolean;
  /** Rule behind it */
  rule_id?: string;
  /** Whom it is for; empty: everybody */
  person?: string;
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

/** Evidence of a notice, for feeds; the text is shortened and holds no secret. */
export interface NoticeEvent {
  /** As of NoticeResult */
  status: string;
  /** Where it went */
  target: string;
  /** Its beginning */
  text: string;
  /** Rule behind it */
  rule_id?: string;
  /** Epoch seconds */
  timestamp: number;
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

/** A payload whose further top-level keys belong to the sender and are kept. */
export interface OpenPayload {
  [key: string]: unknown;
}

/** What an agent asks a person to choose, all that is open; an empty list when nothing is. */
export interface OpenQuestions {
  /** Agent that asks */
  agent: string;
  /** Each with id, content, options, and channel or user where it is for one */
  questions?: (Record<string, unknown>)[];
  [key: string]: unknown;
}

/** What one agent has paid for model calls, by the ledger. */
export interface Paid {
  /** Tokens sent to models */
  input_tokens: number;
  /** Tokens received from models */
  output_tokens: number;
  /** Cost of model calls in US dollars */
  cost_usd: number;
  /** Model calls */
  llm_calls: number;
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

/** Plans of late. */
export interface PlanList {
  /** Newest first */
  plans: (Plan)[];
}

/** A step began or ended. */
export interface PlanProgress {
  /** Plan */
  plan_id: string;
  /** Step; 0 for the whole plan */
  step: number;
  /** As of PlanStep, or of Plan for step 0 */
  status: string;
  /** For a person */
  text: string;
  /** Request id of the wish */
  chat_id?: string;
  /** Epoch seconds */
  timestamp: number;
}

/** Names a plan. */
export interface PlanRef {
  /** Id as shown by /plans */
  plan_id: string;
  /** Request id; progress is streamed to it */
  chat_id?: string;
  /** What whoever decides may do, as the door knows; else empty */
  standing?: "" | "talk" | "user" | "admin" | "owner";
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

/** Every policy that a person has laid down. */
export interface Policies {
  /** By entity id */
  policies: (EntityPolicy)[];
  /** By entity id, the salt that a PIN is proven with, where there is one */
  pin_salts?: Record<string, string>;
  /** Approval that a change waits for, because it loosens something */
  approval_id?: string;
  /** What became of the change, for a person */
  text?: string;
}

/** One process under a runner. */
export interface ProcessInfo {
  /** Process name; for an agent its agent name */
  name: string;
  /** Process id; 0 when it does not run */
  pid: number;
  /** As the runner sees it */
  state: "running" | "backoff" | "quarantined" | "stopped";
  /** Restarts since the runner's state was made */
  restarts?: number;
  /** Epoch seconds of the last start */
  started_at?: number;
  /** Memory in MiB; shared pages count in part (PSS) */
  memory_mb?: number;
  /** What it runs in */
  executor?: "process" | "shared" | "docker";
  /** With stopped: an agent that ended by its own wish, for good */
  ended?: boolean;
}

/** Asks for one part of a file. */
export interface ReadBlob {
  /** Id of the file */
  id: string;
  /** Which part, from 0 */
  part?: number;
  /** For whom it is read: then only if it is theirs; null: whoever knows it */
  person?: string | null;
}

/** Take a rule's standing yes away; nothing happens when it has none. */
export interface RevokeGrant {
  /** Rule */
  rule_id: string;
  /** Who decided */
  by?: string;
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

/** All rules. */
export interface RuleList {
  /** Oldest first */
  rules: (Rule)[];
}

/** Names one rule. */
export interface RuleRef {
  /** Id as shown by /rules */
  rule_id: string;
  /** To delete: a no to what is proposed; a change is taken back, and the rule stays */
  declined?: boolean;
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

/** A sentence that may be a rule. */
export interface RuleSentence {
  /** The sentence */
  task: string;
  /** Language it is said in; empty detects it */
  language?: string;
}

/** A rule, or several, as a file of YAML. */
export interface RuleText {
  /** One document for each rule */
  yaml: string;
}

/** Have a wish planned and carried out. */
export interface RunPlan {
  /** The wish */
  task: string;
  /** Session that asks */
  conversation_id?: string;
  /** Request id; progress is streamed to it */
  chat_id?: string;
  /** Who asks, as the door knows them */
  person?: string;
  /** What they may do, as the door knows; else empty */
  standing?: "" | "talk" | "user" | "admin" | "owner";
  /** Language of the answer */
  language?: string;
  /** Do not ask before agents are spawned without grants */
  at_once?: boolean;
}

/** A secret that only the vault can read; texts hold its reference in its place. */
export interface SealedSecret {
  /** What stands in the text instead */
  reference: string;
  /** discord, slack, telegram, webhook, token or password */
  kind: string;
  /** Encrypted for the vault's key, base64 */
  sealed: string;
  /** Key that it was encrypted for */
  key_id: string;
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

/** All secrets, without the secrets. */
export interface SecretList {
  /** Oldest first */
  secrets: (SecretEntry)[];
}

/** Names a secret. */
export interface SecretRef {
  /** secret:... */
  reference: string;
}

/** What the grammar reads in a sentence. */
export interface SentenceReading {
  /** The rule; None when the grammar reads none */
  draft?: RuleDraft | null;
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

/** Move a sensor of the demo home. */
export interface SetDemoState {
  /** Entity to move */
  entity_id: string;
  /** New state */
  state: string;
  /** Attributes to set with it */
  attributes?: Record<string, unknown>;
}

/** Lay down the policy of an entity; the door that sends it has authenticated the person. */
export interface SetPolicy {
  /** The whole policy; an empty one takes the entity's own away */
  policy: EntityPolicy;
  /** Sets a new PIN: its salt and scrypt hash, never the PIN */
  new_pin?: string | null;
  /** Proof of the PIN so far, made for the task's id */
  pin_proof?: string;
  /** Who decided */
  by?: string;
}

/** Store a place that notices can go to; another one of that name is replaced. */
export interface SetTarget {
  /** Its name; empty: the name of the service */
  name?: string;
  /** discord, slack, telegram, webhook, ...; empty: by URL */
  service?: string;
  /** The URL */
  secret: SealedSecret;
}

/** One part of a compressed copy of the state. */
export interface SnapshotPart {
  /** Snapshot that the part is of */
  snapshot_id: string;
  /** Agent name */
  name: string;
  /** HLC-WID of the agent */
  agent_id: string;
  /** Which part, from 0 */
  part: number;
  /** How many there are */
  parts: number;
  /** The part in base64 */
  data: string;
  /** Bytes of all parts together */
  size: number;
  /** Hash of all parts together */
  sha256: string;
  /** Version of the state's tables */
  schema_version: number;
}

/** Asks for one part of a snapshot; the first one without an id makes it. */
export interface SnapshotRequest {
  /** Snapshot that the part is of; empty: make a new one */
  snapshot_id?: string;
  /** Which part, from 0 */
  part?: number;
}

/** A node has taken an agent up, or says why it does not. */
export interface SpawnAck {
  /** Agent name */
  agent: string;
  /** Node name */
  node: string;
  /** Token of the migration that this ends, if any */
  migration_token?: string;
  /** Why the agent was not taken up, for a person */
  refused?: string | null;
  /** With refused: the cause can pass, so it is asked for again */
  temporary?: boolean;
  /** Epoch seconds */
  timestamp: number;
  [key: string]: unknown;
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

/** Every spawned agent. */
export interface SpawnedAgents {
  /** By name */
  agents: (SpawnedAgent)[];
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

/** A part was kept; with the last one the whole was verified. */
export interface Staged {
  /** Names what was kept so far; nobody else knows it */
  restore_id: string;
  /** Whether all is there and in order */
  complete: boolean;
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

/** Every standing yes. */
export interface StandingGrants {
  /** By rule id */
  grants: (StandingGrant)[];
}

/** The agent begins again now. */
export interface StateApplied {
  /** Agent name */
  name: string;
}

/** Begin again with the state that was verified. */
export interface StateApply {
  /** What the agent answered to the first part */
  restore_id: string;
}

/** A change of state, as Home Assistant reports it. */
export interface StateChange {
  /** Kind of message */
  type?: "home_assistant_state_change";
  /** Entity that changed */
  entity_id: string;
  /** Domain of the entity */
  domain: string;
  /** State object after; None when removed */
  new_state?: Record<string, unknown> | null;
  /** State object before; None when new */
  old_state?: Record<string, unknown> | null;
  /** Home Assistant's context ids */
  context?: Record<string, unknown> | null;
  /** Epoch seconds */
  timestamp: number;
  /** A full resynchronisation after a (re)connect, not an event */
  resync?: boolean;
  /** An event that was missed and comes from the recorder, with the time it happened at */
  filled?: boolean;
  /** The attributes are too large for a message and left out */
  trimmed?: boolean;
  [key: string]: unknown;
}

/** One part of a state that shall be put back; the first one without an id begins. */
export interface StateIn {
  /** What the agent answered to the first part */
  restore_id?: string;
  /** Which part, from 0 */
  part?: number;
  /** How many there are */
  parts: number;
  /** The part in base64 */
  data: string;
  /** Hash of all parts together */
  sha256: string;
}

/** A question about states. */
export interface StateQuery {
  /** Entities; empty means all */
  entity_id?: (string)[];
}

/** States as Home Assistant has them now. */
export interface StateReport {
  /** Entities with their live state and attributes */
  states: (Entity)[];
}

/** A node hands back an agent that is to run elsewhere; the node keeps its copy until it is told to delete it. */
export interface StateReturn {
  /** Agent name */
  agent: string;
  /** Token of the request that asked for it */
  return_token: string;
  /** Spawn specification */
  config?: Record<string, unknown>;
  /** What the agent has kept, by key */
  state?: Record<string, unknown>;
  /** Keys that were too large to travel */
  state_keys_dropped?: (string)[];
  /** Node name */
  from_node: string;
  /** Why it cannot be handed over, for a person */
  refused?: string | null;
  /** Epoch seconds */
  timestamp: number;
  [key: string]: unknown;
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

/** Stop every agent of a node and end its runner. */
export interface StopAllRequest {
  /** Why, for the log */
  reason?: string;
}

/** Keep a secret under its reference. */
export interface StoreSecret {
  /** What to keep */
  secret: SealedSecret;
  /** What it is for, in words without the secret */
  note?: string;
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

/** Enable or disable an automation. */
export interface SwitchAutomation {
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Who said it */
  person?: string;
  /** Session that asked; a yes counts only there */
  conversation_id?: string;
  /** Language of the answer */
  language?: string;
  /** Id, entity id or name of the automation */
  automation: string;
  /** Whether it shall run */
  enabled: boolean;
}

/** Snapshot of all agents, every 15 s. */
export interface SystemHealth {
  /** Epoch seconds */
  timestamp: number;
  /** Agents known */
  total_actors: number;
  /** Agents running */
  running: number;
  /** Agents paused */
  paused?: number;
  /** Agents stopped */
  stopped?: number;
  /** Agents failed or quarantined */
  failed?: number;
  /** Agents that go on with less, or are late */
  degraded?: number;
  /** Each agent */
  actors?: (ActorHealth)[];
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

/** All places. */
export interface TargetList {
  /** The usual one first */
  targets: (Target)[];
}

/** Names a place. */
export interface TargetName {
  /** Its name */
  name: string;
}

/** Hand a task to an agent. */
export interface TaskAction {
  /** Agent name */
  agent: string;
  /** Text, or a JSON object in text; placeholders as above */
  task: string;
}

/** A task is done. */
export interface TaskCompleted {
  /** First 200 characters of the result; empty for answers in chat */
  result_preview: string;
  /** Seconds */
  duration: number;
  /** First 60 characters of the task */
  task: string;
}

/** The one reply to a task; further top-level keys are the result of the operation. */
export interface TaskReply {
  /** Id of the task that is answered */
  _task_id?: string;
  /** How the task ended */
  _state?: TaskState;
  /** Why it was not done, for a person */
  error?: string | null;
  /** handle_task when the handler raised */
  error_phase?: string | null;
  /** house_unknown when it passes by itself, not_there when what is named does not exist; else nothing */
  error_code?: string | null;
  /** Agent that answers */
  agent?: string | null;
  [key: string]: unknown;
}

/** A task; further top-level keys are the body of the operation named by `action`, also a plain `trace_id`. */
export interface TaskRequest {
  /** Operation that is asked for; empty for free text */
  action?: string;
  /** Correlation id, echoed in the reply */
  _task_id?: string;
  /** Where exactly one reply is published */
  _reply_topic?: string;
  /** Marks a task sent over the broker */
  _remote_task?: boolean;
  /** Epoch seconds; set = durable */
  _deadline_at?: number | null;
  /** Name of the agent that asks */
  _sender?: string;
  /** Follows one wish through all agents */
  _trace_id?: string;
  /** Language of the person behind it, such as de; answers are given in it */
  _language?: string;
  [key: string]: unknown;
}

/** The four ways in which an accepted task can end. */
export type TaskState = "done" | "failed" | "expired" | "unknown";

/** Fires at a time of day, in the house's time zone. */
export interface TimeTrigger {
  /** Kind of trigger */
  kind?: "time";
  /** HH:MM or HH:MM:SS */
  at: string;
  /** Days it fires on; empty means every day */
  weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
}

/** Something the model may ask for. */
export interface Tool {
  /** Tool name */
  name: string;
  /** When to use it */
  description: string;
  /** JSON Schema of the arguments */
  parameters: Record<string, unknown>;
}

/** A call that the model wants made. */
export interface ToolCall {
  /** Id that the result must name */
  id: string;
  /** Tool name */
  name: string;
  /** Arguments as the model gave them */
  arguments?: Record<string, unknown>;
}

/** Which topics to show. */
export interface TopicQuery {
  /** Part of a topic, an agent's name or a field */
  keyword?: string;
  /** At most so many, the liveliest first */
  limit?: number;
  /** With fields and a sample */
  samples?: boolean;
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

/** Published when a rule's trigger is met, as information. */
export interface TriggerEvent {
  /** Always true */
  triggered?: boolean;
  /** Rule whose trigger was met */
  rule_id?: string;
  /** Entity that met it */
  entity_id?: string;
  /** State or value that met it */
  state?: string | null;
  /** Epoch seconds */
  timestamp: number;
  [key: string]: unknown;
}

/** Take back the last change of an automation; again takes back the one before. */
export interface UndoAutomation {
  /** Show what would be written, and write nothing */
  dry_run?: boolean;
  /** Who said it */
  person?: string;
  /** Session that asked; a yes counts only there */
  conversation_id?: string;
  /** Language of the answer */
  language?: string;
}

/** A file that the model was not shown. */
export interface UnseenFile {
  /** Id of the file */
  id: string;
  /** Its name */
  name: string;
  /** Why, as a word for programs */
  why: "no_pictures" | "no_documents" | "format" | "kind" | "large" | "pixels" | "pages" | "many" | "damaged" | "other_kind" | "locked" | "gone" | "unreachable" | "unasked";
  /** The model or the limit that the reason names */
  detail?: string;
  /** Why, in a person's words, to follow a colon */
  reason: string;
}

/** The public key of the vault. */
export interface VaultKey {
  /** Short name of the key */
  key_id: string;
  /** X25519, 32 bytes in base64 */
  public_key: string;
}

/** Something to look for, for as long as the message is retained. */
export interface VisionWatch {
  /** Detections are published on custom/detections/{slug} */
  slug: string;
  /** What is looked for, for example person */
  target: string;
  /** Entity id or name of the camera; empty: any */
  camera?: string;
  /** How often to look */
  interval_seconds?: number;
  /** Rule that wants it */
  rule_id?: string;
}

/** Why a rule did not fire. */
export interface WhyNot {
  /** Id as shown by /rules */
  rule_id: string;
  /** Epoch seconds; empty: 24 hours ago */
  start?: number | null;
  /** Epoch seconds; empty: now */
  end?: number | null;
}

/** Asks why an entity is as it is. */
export interface WhyQuery {
  /** Entity; empty takes the newest actuation of all */
  entity_id?: string;
  /** Language of the answer; empty: that of the task, else of the house */
  language?: string;
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

/** What an agent that is to be spawned says it will do on the bus. */
export interface WiringCheck {
  /** Agent */
  name: string;
  /** Topics */
  publishes?: (string)[];
  /** Topics */
  subscribes?: (string)[];
  /** Fields */
  produces_schema?: Record<string, unknown>;
  /** Fields that it expects */
  consumes_schema?: Record<string, unknown>;
}

/** Something that would not work. */
export interface WiringProblem {
  /** error: it would never get what it waits for */
  severity: "warning" | "error";
  /** Topic */
  topic: string;
  /** Field, if it is about one */
  field?: string;
  /** For a person and for the model that wrote it: what is wrong, and what there is */
  text: string;
}

/** For which agent proposals are wanted. */
export interface WiringQuery {
  /** Agent; empty: all */
  agent?: string;
  /** Fields that a new agent would need */
  consumes?: Record<string, unknown>;
}

/** Proposals. */
export interface WiringReport {
  /** Best first */
  wirings: (Wiring)[];
}

/** Whether it would work, and the real fields. */
export interface WiringVerdict {
  /** Errors first */
  problems: (WiringProblem)[];
  /** What is known of the topics it listens to */
  topics?: (TopicSeen)[];
}

/** Address template to payload. */
export interface PayloadByAddress {
  "agents/{agent_id}/spawn": AgentSpawned;
  "agents/{agent_id}/heartbeat": Heartbeat;
  "agents/{agent_id}/status": AgentStatus;
  "agents/{agent_id}/metrics": AgentMetrics;
  "agents/{agent_id}/logs": AgentLog;
  "agents/{agent_id}/errors": AgentError;
  "agents/{agent_id}/alert": AgentAlert;
  "agents/{agent_id}/completed": TaskCompleted;
  "agents/{agent_id}/manifest": AgentManifest;
  "agents/{agent_id}/commands": AgentCommand;
  "agents/by-name/{agent_name}/task": TaskRequest;
  "agents/by-name/{agent_name}/task/{replica_id}": TaskRequest;
  "agents/by-name/{agent_name}/reply/{token}": TaskReply;
  "io/chat": ChatMessage;
  "agents/{agent_id}/chat": ChatReply;
  "io/chat/response": ChatReply;
  "io/chat/stream/{chat_id}": ChatPiece;
  "io/chat/stop": ChatStop;
  "agents/{agent_id}/questions": OpenQuestions;
  "agents/{agent_id}/answer": Choice;
  "system/health": SystemHealth;
  "system/dlq/{service}": DeadLetter;
  "system/halt": HaltState;
  "nodes/{node}/spawn": SpawnSpec;
  "nodes/{node}/spawn_ack": SpawnAck;
  "nodes/{node}/stop": AgentNameRequest;
  "nodes/{node}/stop_all": StopAllRequest;
  "nodes/{node}/restart_agent": AgentNameRequest;
  "nodes/{node}/migrate": MigrateRequest;
  "nodes/{node}/migrate_result": MigrateResult;
  "nodes/{node}/state_return": StateReturn;
  "nodes/{node}/list": ListRequest;
  "nodes/{node}/agents": NodeAgents;
  "nodes/{node}/heartbeat": NodeHeartbeat;
  "nodes/{node}/events": NodeEvent;
  "main/llm_request": ModelRequest;
  "nodes/{node}/reply/{token}": OpenPayload;
  "homeassistant/state_changes/{domain}/{entity_id}": StateChange;
  "homeassistant/state_changes": StateChange;
  "homeassistant/map/entities_with_location": HomeMap;
  "homeassistant/map/version": HouseVersion;
  "agents/{agent_id}/actuations": ActuationEvent;
  "custom/triggers/{slug}": TriggerEvent;
  "custom/detections/{slug}": Detection;
  "custom/watches/{slug}": VisionWatch;
  "agents/{agent_id}/plans": PlanProgress;
  "system/vault_key": VaultKey;
  "agents/{agent_id}/notices": NoticeEvent;
  "system/approvals": ApprovalEvent;
  "system/flows": Flows;
}

/** Action to request and result. */
export interface Operations {
  "say": { request: ChatMessage; result: ChatReply };
  "chat": { request: ChatRequest; result: ChatAnswer };
  "set_halt": { request: HaltRequest; result: HaltResult };
  "get_halt": { request: Nothing; result: HaltState };
  "get_house": { request: HouseQuery; result: HousePart };
  "get_states": { request: StateQuery; result: StateReport };
  "set_demo_state": { request: SetDemoState; result: Entity };
  "actuate": { request: Actuation; result: ActuationResult };
  "get_history": { request: HistoryQuery; result: HistoryReport };
  "set_policy": { request: SetPolicy; result: Policies };
  "list_policies": { request: Nothing; result: Policies };
  "grant": { request: Grant; result: GrantResult };
  "list_grants": { request: Nothing; result: StandingGrants };
  "revoke_grant": { request: RevokeGrant; result: StandingGrants };
  "list_audit": { request: AuditQuery; result: AuditLines };
  "note_audit": { request: AuditNote; result: Nothing };
  "verify_audit": { request: Nothing; result: AuditVerdict };
  "why": { request: WhyQuery; result: WhyReport };
  "create_rule": { request: CreateRule; result: RuleResult };
  "approve_rule": { request: RuleRef; result: RuleResult };
  "delete_rule": { request: RuleRef; result: RuleResult };
  "pause_rule": { request: RuleRef; result: RuleResult };
  "resume_rule": { request: RuleRef; result: RuleResult };
  "grant_rule": { request: RuleRef; result: RuleResult };
  "read_rule": { request: RuleSentence; result: SentenceReading };
  "list_rules": { request: Nothing; result: RuleList };
  "backtest": { request: Backtest; result: BacktestReport };
  "list_firings": { request: FiringQuery; result: FiringReports };
  "show_rule": { request: RuleRef; result: RuleResult };
  "edit_rule": { request: EditRule; result: RuleResult };
  "export_rules": { request: Nothing; result: RuleFile };
  "import_rules": { request: RuleText; result: RuleFile };
  "why_not": { request: WhyNot; result: RuleExplanation };
  "list_automations": { request: AutomationQuery; result: AutomationList };
  "show_automation": { request: AutomationRef; result: AutomationReport };
  "create_automation": { request: CreateAutomation; result: AutomationResult };
  "edit_automation": { request: EditAutomation; result: AutomationResult };
  "delete_automation": { request: DeleteAutomation; result: AutomationResult };
  "switch_automation": { request: SwitchAutomation; result: AutomationResult };
  "confirm_automation": { request: ConfirmAutomation; result: AutomationResult };
  "undo_automation": { request: UndoAutomation; result: AutomationResult };
  "recommend_hardware": { request: HardwareQuery; result: HardwareReport };
  "list_areas": { request: Nothing; result: AreaList };
  "list_devices": { request: Nothing; result: DeviceList };
  "list_entities": { request: EntityQuery; result: EntityList };
  "get_entities_state": { request: EntityQuery; result: EntityList };
  "run_plan": { request: RunPlan; result: PlanResult };
  "approve_plan": { request: PlanRef; result: PlanResult };
  "reject_plan": { request: PlanRef; result: PlanResult };
  "cancel_plan": { request: PlanRef; result: PlanResult };
  "show_plan": { request: PlanRef; result: PlanResult };
  "list_plans": { request: Nothing; result: PlanList };
  "clear_plans": { request: Nothing; result: PlanList };
  "notify": { request: Notice; result: NoticeResult };
  "set_target": { request: SetTarget; result: Target };
  "list_targets": { request: Nothing; result: TargetList };
  "remove_target": { request: TargetName; result: TargetList };
  "store_secret": { request: StoreSecret; result: SecretEntry };
  "list_secrets": { request: Nothing; result: SecretList };
  "forget_secret": { request: SecretRef; result: SecretList };
  "get_memory": { request: MemoryQuery; result: MemoryReport };
  "forget": { request: Forget; result: MemoryReport };
  "erase_person": { request: ErasePerson; result: Erased };
  "list_commands": { request: Nothing; result: CommandList };
  "list_topics": { request: TopicQuery; result: TopicReport };
  "propose_wiring": { request: WiringQuery; result: WiringReport };
  "check_wiring": { request: WiringCheck; result: WiringVerdict };
  "complete": { request: Completion; result: CompletionResult };
  "cancel_completion": { request: CancelCompletion; result: Nothing };
  "get_costs": { request: CostQuery; result: CostReport };
  "set_budget": { request: BudgetLimit; result: CostReport };
  "reset_budgets": { request: BudgetReset; result: CostReport };
  "spawn": { request: SpawnSpec; result: SpawnResult };
  "manage_agent": { request: Management; result: Done };
  "migrate_agent": { request: Migration; result: Done };
  "list_spawned": { request: Nothing; result: SpawnedAgents };
  "get_spec": { request: AgentName; result: SpecReport };
  "list_nodes": { request: Nothing; result: NodeReports };
  "list_approvals": { request: ApprovalQuery; result: Approvals };
  "decide_approval": { request: Decision; result: Done };
  "state_snapshot": { request: SnapshotRequest; result: SnapshotPart };
  "state_stage": { request: StateIn; result: Staged };
  "state_apply": { request: StateApply; result: StateApplied };
  "read_blob": { request: ReadBlob; result: BlobPart };
}
