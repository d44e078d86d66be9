import type {
  Change,
  MadeToken,
  NewPerson,
  NewToken,
  OneSession,
  PersonChange,
  PersonView,
  TokenView,
} from "../contracts/rest";
import { call } from "../gateway/rest";
import { loadSession } from "./session";

/** Roles that can be given; there is one owner. */
export const GIVEN_ROLES = ["viewer", "user", "admin"] as const;
/** What a token can be allowed. */
export const SCOPES = ["read", "talk", "control", "admin"] as const;

/** Everybody with an account. */
export function loadPeople(): Promise<PersonView[]> {
  return call("GET /api/people");
}

/** Make an account. */
export function addPerson(body: NewPerson): Promise<PersonView> {
  return call("POST /api/people", { body });
}

/** Change the role, the password, or whether a person may come in. */
export function changePerson(name: string, body: PersonChange): Promise<PersonView> {
  return call("PATCH /api/people/{name}", { path: { name }, body });
}

/** Remove an account. */
export async function removePerson(name: string): Promise<void> {
  await call("DELETE /api/people/{name}", { path: { name } });
}

/** Change one's own password; other browsers are logged out by it. */
export async function changePassword(old: string, next: string): Promise<void> {
  await call("POST /api/password", { body: { old, new: next } });
  await loadSession();
}

/** All API tokens that the person here may see. */
export function loadTokens(): Promise<TokenView[]> {
  return call("GET /api/tokens");
}

/** Make a token; the answer holds it, and no later one does. */
export function addToken(body: NewToken): Promise<MadeToken> {
  return call("POST /api/tokens", { body });
}

/** Make a token worthless. */
export async function removeToken(id: string): Promise<void> {
  await call("DELETE /api/tokens/{id}", { path: { id } });
}

/** Where somebody is logged in. */
export function loadSessions(): Promise<OneSession[]> {
  return call("GET /api/sessions");
}

/** Log one browser out. */
export async function endSession(id: string): Promise<void> {
  await call("DELETE /api/sessions/{id}", { path: { id } });
}

/** Changes of late, newest first; `before` is the id of the oldest one that is known. */
export function loadChanges(limit: number, before?: number): Promise<Change[]> {
  return call("GET /api/changes", { query: { limit, ...(before ? { before } : {}) } });
}
