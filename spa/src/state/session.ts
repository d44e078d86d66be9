import type { Routes } from "../contracts/rest";
import { call, onLoginNeeded, setCsrf } from "../gateway/rest";
import { handOver } from "./chat-kept";
import { Store } from "./store";

/** Who is here, as the gateway knows them. */
export type Session = Routes["GET /api/session"]["answer"];

const ROLES = ["viewer", "user", "admin", "owner"] as const;

/** What a person may at least be. */
export type Role = (typeof ROLES)[number];

/** The session; null until the gateway was asked. */
export const session = new Store<Session | null>(null);

/** Ask the gateway who is here. */
export async function loadSession(): Promise<Session> {
  return take(await call("GET /api/session"));
}

/** Log in; GatewayError says why not. */
export async function login(name: string, password: string): Promise<Session> {
  return take(await call("POST /api/login", { body: { name, password } }));
}

/** Make the owner's account with the code that the server printed. */
export async function setUp(code: string, name: string, password: string): Promise<Session> {
  const before = session.value;
  const next = await call("POST /api/setup", { body: { code, name, password } });
  if (before?.role === "owner" && next.person) handOver(before.person || "owner", next.person);
  return take(next);
}

/** Log out, here. */
export async function logout(): Promise<void> {
  await call("POST /api/logout");
  await loadSession();
}

/** Whether the person here has at least this role. */
export function may(role: Role): boolean {
  const held = session.value?.role ?? "";
  return ROLES.indexOf(held as Role) >= ROLES.indexOf(role);
}

function take(next: Session): Session {
  setCsrf(next.csrf ?? "");
  session.set(next);
  return next;
}

// The role stays, so that the page keeps what was typed while somebody logs in over it.
onLoginNeeded(() => {
  if (session.value && !session.value.login_needed) session.set({ ...session.value, login_needed: true });
});
