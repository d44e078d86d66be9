import type { ChatBody, ChatView } from "../contracts/rest";
import { GatewayError } from "./errors";
import { call, send } from "./rest";
import { serverEvents } from "./sse";

/** What happens while an answer is made: taken, a piece of it, the whole. */
export type Turn =
  | { kind: "accepted"; id: string; said?: string }
  | { kind: "piece"; agent: string; content: string; index: number }
  | { kind: "reply"; reply: ChatView };

/** Say something; yields what happens until the answer is there. */
export async function* say(body: ChatBody, key: string, signal?: AbortSignal): AsyncGenerator<Turn> {
  const response = await send("POST /api/chat", {
    body,
    headers: { accept: "text/event-stream", "idempotency-key": key },
    ...(signal ? { signal } : {}),
  });
  for await (const event of serverEvents(response)) {
    const data: unknown = JSON.parse(event.data);
    if (event.event === "error") throw asError(data);
    const turn = asTurn(event.event, data);
    if (turn) yield turn;
  }
}

/** Tell the gateway that an answer is not wanted any more. */
export async function stopAnswer(chatId: string): Promise<void> {
  await call("POST /api/chat/stop", { body: { chat_id: chatId } });
}

function asTurn(event: string, data: unknown): Turn | null {
  if (event === "accepted") return { kind: "accepted", ...(data as { id: string; said?: string }) };
  if (event === "piece") return { kind: "piece", ...(data as { agent: string; content: string; index: number }) };
  if (event === "reply") return { kind: "reply", reply: data as ChatView };
  return null;
}

function asError(data: unknown): GatewayError {
  const problem = data as { status?: number; detail?: string };
  return new GatewayError(problem.status ?? 0, problem.detail ?? "The answer could not be made");
}
