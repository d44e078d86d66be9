import type { ChatBody, ChatView } from "../contracts/rest";
import { say, stopAnswer, type Turn } from "../gateway/chat";
import { GatewayError, sentenceOf } from "../gateway/errors";
import { backOff } from "../gateway/live";
import { ended } from "./approvals";
import { onFrame } from "./bus";
import {
  type Attachment,
  current,
  type Exchange,
  exchangeOf,
  knowsConversation,
  openConversations,
  putItem,
} from "./conversations";

/** Characters that one message may have. */
export const MAX_MESSAGE = 16_000;

const TRIES = 12;
const STOP_PATIENCE_MS = 6_000;
const STOPPED = "stopped";
const PLANNER = "planner";
const TRY_AGAIN = new Set([0, 429, 502, 503, 504]);

const running = new Map<string, AbortController>();
const wake = new Set<() => void>();

/** Called when an answer is there, once for each. */
export const answered = new Set<(exchange: Exchange) => void>();

/** Say something in the conversation that is shown. */
export function sayHere(said: string, attachments: readonly Attachment[] = [], to = ""): void {
  const exchange: Exchange = {
    kind: "exchange",
    key: crypto.randomUUID(),
    said: said.trim(),
    to,
    at: Date.now() / 1000,
    attachments,
    stage: "sending",
    chatId: "",
    progress: [],
    text: "",
    agent: "",
    source: "",
    status: "",
    cost: null,
    approvalId: "",
    traceId: "",
    answeredAt: 0,
  };
  putItem(current.value.id, exchange);
  void pursue(current.value.id, exchange, exchange.said);
}

/** Ask again for answers that were under way when the page was left. */
export function resumeAnswers(): void {
  const { id, items } = current.value;
  for (const item of items) {
    if (item.kind === "exchange" && item.stage === "lost" && !running.has(item.key)) void pursue(id, item, item.said);
  }
}

/** Stop the answer that is being made in the conversation that is shown; false when there is none. */
export function stopHere(): boolean {
  const { id, items } = current.value;
  const found = items.findLast((one): one is Exchange => one.kind === "exchange" && one.stage !== "over");
  if (!found) return false;
  void stopExchange(id, found);
  return true;
}

/** Whether an answer is being made in the conversation that is shown. */
export function isAnswering(): boolean {
  return current.value.items.some((one) => one.kind === "exchange" && one.stage !== "over");
}

/** Follow notices of agents. */
export function followNotices(): void {
  openConversations();
  onFrame("chat", (frame) => {
    const conversation = String(frame["conversation_id"] ?? "");
    const content = String(frame["content"] ?? "");
    if (!content || (conversation && !knowsConversation(conversation))) return;
    putItem(conversation || current.value.id, {
      kind: "told",
      key: crypto.randomUUID(),
      from: String(frame["from"] ?? ""),
      text: content,
      status: String(frame["status"] ?? ""),
      at: Number(frame["timestamp"] ?? Date.now() / 1000),
    });
  });
  ended.subscribe(noteDecisions);
  addEventListener("online", () => {
    for (const go of wake) go();
  });
}

const DECIDED = { approved: "approved", denied: "denied", expired: "lapsed", taken: "" } as const;

// The question of an answer was decided, here or elsewhere: the answer no longer waits.
function noteDecisions(): void {
  const { id, items } = current.value;
  for (const one of ended.value) {
    const asked = items.find((item) => item.kind === "exchange" && item.approvalId === one.approval.id);
    if (asked?.kind !== "exchange" || asked.status !== "waiting") continue;
    putItem(id, { ...asked, status: DECIDED[one.how], outcome: one.text });
  }
}

async function stopExchange(conversation: string, exchange: Exchange): Promise<void> {
  const controller = running.get(exchange.key);
  if (!exchange.chatId) {
    controller?.abort();
    end(conversation, exchange.key, { status: STOPPED });
    return;
  }
  try {
    await stopAnswer(exchange.chatId);
  } catch {
    // what cannot be told is at least not waited for
  }
  await pause(STOP_PATIENCE_MS);
  const known = exchangeOf(conversation, exchange.key);
  if (known?.stage === "over") return;
  controller?.abort();
  end(conversation, exchange.key, { status: STOPPED, isCut: Boolean(known?.text) });
}

async function pursue(conversation: string, exchange: Exchange, typed: string): Promise<void> {
  const controller = new AbortController();
  running.set(exchange.key, controller);
  try {
    for (let tries = 0; ; tries += 1) {
      const problem = await follow(conversation, exchange, typed, controller.signal);
      if (!problem || controller.signal.aborted) return;
      if (tries >= TRIES || !TRY_AGAIN.has(problem.status)) {
        end(conversation, exchange.key, { status: "failed", text: problem.message });
        return;
      }
      change(conversation, exchange.key, { stage: "lost" });
      await pause(backOff(tries));
    }
  } finally {
    running.delete(exchange.key);
  }
}

/** Say it once; null when the answer is there, else what went wrong. */
async function follow(
  conversation: string,
  exchange: Exchange,
  typed: string,
  signal: AbortSignal,
): Promise<GatewayError | null> {
  const attachments = exchange.attachments.map((one) => one.id);
  const extra = attachments.length ? { attachments } : {};
  const body: ChatBody = { message: typed, session: conversation, to: exchange.to, ...extra };
  try {
    for await (const turn of say(body, exchange.key, signal)) {
      take(conversation, exchange.key, turn);
      if (turn.kind === "reply") return null;
    }
    return new GatewayError(0, "The connection was lost before the answer came");
  } catch (error) {
    if (error instanceof GatewayError) return error;
    return new GatewayError(0, sentenceOf(error));
  }
}

function take(conversation: string, key: string, turn: Turn): void {
  const known = exchangeOf(conversation, key);
  if (!known || known.stage === "over") return;
  if (turn.kind === "accepted") {
    change(conversation, key, { stage: "working", chatId: turn.id, said: turn.said ?? known.said });
  } else if (turn.kind === "piece") {
    const begins = turn.index === 0 ? { progress: [], text: "" } : {};
    const before = { ...known, ...begins };
    if (turn.agent === PLANNER) {
      const lines = turn.content.split("\n").filter((line) => line.trim());
      change(conversation, key, { ...begins, stage: "working", progress: [...before.progress, ...lines] });
    } else {
      change(conversation, key, { ...begins, stage: "working", agent: turn.agent, text: before.text + turn.content });
    }
  } else {
    end(conversation, key, { ...ofReply(turn.reply), ...keptWords(known, turn.reply) });
  }
}

function ofReply(reply: ChatView): Partial<Exchange> {
  return {
    chatId: reply.id,
    text: reply.reply,
    agent: reply.agent,
    source: reply.source,
    status: reply.status,
    cost: reply.cost_usd ?? null,
    approvalId: reply.approval_id ?? "",
    traceId: reply.trace_id,
  };
}

// Words that were read already stay. No rule wrote them, whoever tells of the stop.
function keptWords(known: Exchange, reply: ChatView): Partial<Exchange> {
  if (reply.status !== STOPPED || !known.text) return {};
  const source = reply.source === "rules" ? "" : reply.source;
  return { text: known.text, agent: known.agent, source, outcome: reply.reply, isCut: true };
}

function end(conversation: string, key: string, last: Partial<Exchange>): void {
  change(conversation, key, { ...last, stage: "over", answeredAt: Date.now() / 1000 });
  const over = exchangeOf(conversation, key);
  if (over) for (const listener of answered) listener(over);
}

function change(conversation: string, key: string, part: Partial<Exchange>): void {
  const known = exchangeOf(conversation, key);
  if (known && known.stage !== "over") putItem(conversation, { ...known, ...part });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => {
    const go = (): void => {
      wake.delete(go);
      clearTimeout(timer);
      resume();
    };
    const timer = setTimeout(go, milliseconds);
    wake.add(go);
  });
}
