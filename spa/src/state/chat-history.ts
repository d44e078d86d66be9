import type { ChatTurn } from "../contracts/rest";
import { call } from "../gateway/rest";
import { onResync } from "./bus";
import { type Exchange, mergeConversation } from "./conversations";
import { session } from "./session";

const TURNS = 400;
const NOT_SHOWN = new Set(["", "halt"]);

/** Fetch what the person here said lately, also in another browser, and put it to what this one knows. */
export async function loadHistory(): Promise<void> {
  const turns = await call("GET /api/chats", { query: { limit: TURNS } });
  for (const [id, exchanges] of conversationsIn(turns)) mergeConversation(id, exchanges);
}

/** Follow the history of the person who is here. */
export function followHistory(): void {
  onResync(() => {
    if (session.value?.role) loadHistory().catch(() => undefined); // what this browser keeps is shown without it
  });
}

/** The exchanges in a list of turns, by session; a message without an answer is left to the page that said it. */
export function conversationsIn(turns: readonly ChatTurn[]): ReadonlyMap<string, readonly Exchange[]> {
  const answers = new Map(turns.filter((one) => one.role === "assistant").map((one) => [one.id, one] as const));
  const found = new Map<string, Exchange[]>();
  for (const said of turns) {
    const answer = answers.get(said.id);
    if (said.role !== "user" || !answer || NOT_SHOWN.has(said.session)) continue;
    found.set(said.session, [...(found.get(said.session) ?? []), exchangeOf(said, answer)]);
  }
  return found;
}

function exchangeOf(said: ChatTurn, answer: ChatTurn): Exchange {
  return {
    kind: "exchange",
    key: said.id,
    said: said.content,
    to: said.agent,
    at: said.timestamp,
    attachments: (said.attachments ?? []).map((name) => ({ id: "", name, size: 0 })),
    stage: "over",
    chatId: said.id,
    progress: [],
    text: answer.content,
    agent: answer.agent,
    source: answer.source ?? "",
    status: answer.status === "waiting" ? "" : (answer.status ?? ""),
    cost: answer.cost_usd ?? null,
    approvalId: "",
    traceId: answer.trace_id ?? "",
    answeredAt: answer.timestamp,
  };
}
