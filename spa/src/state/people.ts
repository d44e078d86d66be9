import type { Routes } from "../contracts/rest";
import { call } from "../gateway/rest";

/** A person with an account. */
export type Person = Routes["GET /api/people"]["answer"][number];
/** An API token; the token itself only right after it was made. */
export type Token = Routes["GET /api/tokens"]["answer"][number];
/** A login on some browser. */
export type Visit = Routes["GET /api/sessions"]["answer"][number];
/** A change that somebody made through the gateway. */
export type Change = Routes["GET /api/changes"]["answer"][number];

/** Roles that can be given; there is one owner. */
export const GIVEN_ROLES = ["viewer", "user", "admin"] as const;
/** What a token can be allowed. */
export const SCOPES = ["read", "talk", "control", "admin"] as const;

/** Everybody with an account. */
export function loadPeople(): Promise<Person[]> {
  return call("GET /api/people");
}

/** Make an account. */
export function addPerson(body: Routes["POST /api/people"]["body"]): Promise<Person> {
  return call("POST /api/people", { body });
}

/** Change the role, the password, or whether a person may come in. */
export function changePerson(name: string, body: Routes["PATCH /api/people/{name}"]["body"]): Promise<Person> {
  return call("PATCH /api/people/{name}", { path: { name }, body });
}

/** Remove an account. */
export async function removePerson(name: string): Promise<void> {
  await call("DELETE /api/people/{name}", { path: { name } });
}

/** Change one's own password. */
export async function changePassword(old: string, next: string): Promise<void> {
  await call("POST /api/password", { body: { old, new: next } });
}

/** All API tokens that the person here may see. */
export function loadTokens(): Promise<Token[]> {
  return call("GET /api/tokens");
}

/** Make a token; the answer holds it, and no later one does. */
export function addToken(body: Routes["POST /api/tokens"]["body"]): Promise<Token> {
  return call("POST /api/tokens", { body });
}

/** Make a token worthless. */
export async function removeToken(id: string): Promise<void> {
  await call("DELETE /api/tokens/{id}", { path: { id } });
}

/** Where somebody is logged in. */
export function loadSessions(): Promise<Visit[]> {
  return call("GET /api/sessions");
}

/** Log one browser out. */
export async function endSession(id: string): Promise<void> {
  await call("DELETE /api/sessions/{id}", { path: { id } });
}

/** Changes of late, newest first; `before` is the id of the oldest one that is known. */
export function loadChanges(limit: number, before?: string): Promise<Change[]> {
  return call("GET /api/changes", { query: { limit, ...(before ? { before } : {}) } });
}
