import type { Approval, Decided } from "../contracts/rest";
import { call, send } from "../gateway/rest";
import { listen, onFrame, onResync } from "./bus";
import { Collection, Store } from "./store";

/** An approval that is over, and what is told about it. */
export interface Ended {
  approval: Approval;
  /** approved, denied or expired; taken: answered elsewhere, or nobody remembers. */
  how: "approved" | "denied" | "expired" | "taken";
  /** What was done, if it was answered here. */
  text: string;
  at: number;
}

/** What waits for a yes, oldest first. */
export const approvals = new Collection<Approval>((a, b) => a.created_at - b.created_at);
/** What has ended of late, newest last. */
export const ended = new Store<readonly Ended[]>([]);

const KEPT = 5;
const CLOCKS_AGREE_SECONDS = 3;
const here = new Set<string>();
let ahead = 0;

/** The gateway's time in epoch seconds: what expires, expires by its clock. */
export function serverNow(): number {
  return Date.now() / 1000 + ahead;
}

/** Fetch what waits. */
export async function loadApprovals(): Promise<void> {
  const response = await send("GET /api/approvals");
  setClock(response.headers.get("date"));
  const open = ((await response.json()) as Approval[]).filter((one) => (one.state ?? "open") === "open");
  const ids = new Set(open.map((one) => one.id));
  const gone = approvals.all().filter((one) => !ids.has(one.id) && !here.has(one.id));
  approvals.replace(open.map((one) => [one.id, one] as const));
  for (const one of gone) tell(one, one.expires_at <= serverNow() ? "expired" : "taken");
}

/** Answer one; the sentence says what was done. GatewayError says why not, and then it still waits. */
export async function decide(approval: Approval, decision: "approve" | "deny", pin: string): Promise<Decided> {
  here.add(approval.id);
  try {
    const body = pin ? { decision, pin } : { decision };
    const done = await call("POST /api/approvals/{approval_id}", { path: { approval_id: approval.id }, body });
    approvals.delete(approval.id);
    tell(approval, decision === "approve" ? "approved" : "denied", done.text);
    return done;
  } finally {
    here.delete(approval.id);
  }
}

/** Take what is told about an ended one off the screen. */
export function dismiss(id: string): void {
  ended.set(ended.value.filter((one) => one.approval.id !== id));
}

/** Follow what opens and what ends. */
export function followApprovals(): void {
  onResync(reload);
  listen("system/approvals", reload);
  onFrame("approval", (frame) => take(frame["approval"] as Approval));
}

/** Whose time is up is no longer open here, also when nobody has said so yet. */
export function expireApprovals(now: number): void {
  for (const one of approvals.all()) {
    if (one.expires_at > now || here.has(one.id)) continue;
    approvals.delete(one.id);
    tell(one, "expired");
  }
}

function take(approval: Approval): void {
  if ((approval.state ?? "open") === "open") {
    if (!here.has(approval.id) && !isOver(approval.id)) approvals.put(approval.id, approval);
    return;
  }
  const known = approvals.get(approval.id);
  if (!known || here.has(approval.id)) return;
  approvals.delete(approval.id);
  tell(known, approval.state as Ended["how"]);
}

function tell(approval: Approval, how: Ended["how"], text = ""): void {
  const one = { approval, how, text, at: serverNow() };
  ended.set([...ended.value.filter((other) => other.approval.id !== approval.id), one].slice(-KEPT));
}

function isOver(id: string): boolean {
  return ended.value.some((one) => one.approval.id === id && one.how !== "taken");
}

// The header counts whole seconds.
function setClock(date: string | null): void {
  const difference = date ? Date.parse(date) / 1000 - Date.now() / 1000 : Number.NaN;
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) < CLOCKS_AGREE_SECONDS ? 0 : difference;
}

function reload(): void {
  loadApprovals().catch(() => undefined); // asked again at the next hint, or when the connection is back
}
