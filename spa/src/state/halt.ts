import type { HaltState } from "../contracts/rest";
import { say } from "../gateway/chat";
import { GatewayError } from "../gateway/errors";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { Store } from "./store";

/** Whether everything is stopped; null while that is not known. */
export const halt = new Store<HaltState | null>(null);

const SESSION = "halt";

/** Ask whether everything is stopped. */
export async function loadHalt(): Promise<void> {
  halt.set(await call("GET /api/halt"));
}

/** Follow orders to stop everything, and releases. */
export function followHalt(): void {
  onResync(reload);
  listen("system/halt", (state) => halt.set(state));
}

/** Stop everything at once, without a model; the answer says who confirmed it. */
export async function stopEverything(): Promise<string> {
  return order("/stop all");
}

/** Let everything act again. */
export async function release(): Promise<string> {
  return order("/go");
}

async function order(command: string): Promise<string> {
  let text = "";
  let status = "";
  for await (const turn of say({ message: command, session: SESSION }, crypto.randomUUID())) {
    if (turn.kind === "reply") [text, status] = [turn.reply.reply, turn.reply.status];
  }
  await loadHalt().catch(() => undefined); // the event on the bus tells as well
  if (status !== "done") throw new GatewayError(0, text || "The connection was lost before the answer came");
  return text;
}

function reload(): void {
  loadHalt().catch(() => halt.set(null)); // whoever knows is away: nothing is claimed
}
