import { vi } from "vitest";

/** A request that the page made. */
export interface Seen {
  route: string;
  body: unknown;
  headers: Headers;
}

/** Answer requests by `METHOD /path`; a number is a refusal with that status. Returns what was asked. */
export function gateway(answers: Record<string, unknown>): Seen[] {
  const seen: Seen[] = [];
  vi.stubGlobal("fetch", (address: string, init: RequestInit = {}) => {
    const route = `${init.method ?? "GET"} ${String(address).split("?")[0]}`;
    seen.push({
      route,
      body: init.body ? JSON.parse(String(init.body)) : undefined,
      headers: new Headers(init.headers),
    });
    const answer = answers[route];
    const [status, body] = Array.isArray(answer) && typeof answer[0] === "number" ? answer : [200, answer ?? []];
    const headers = { "content-type": "application/json" };
    return Promise.resolve(new Response(JSON.stringify(body), { status: status as number, headers }));
  });
  return seen;
}

/** Put an element on the page and wait until it has drawn what it fetched. */
export async function shown<E extends HTMLElement>(name: string, properties: object = {}): Promise<E> {
  const element = Object.assign(document.createElement(name), properties) as E;
  document.body.append(element);
  await settled();
  return element;
}

/** Wait until what was asked is answered and drawn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resume) => setTimeout(resume, 5));
}

/** The text of an element with all elements in it, as a person reads it. */
export function textOf(node: Node): string {
  const root = node instanceof HTMLElement && node.shadowRoot ? node.shadowRoot : node;
  const parts = [...root.childNodes].map((child) =>
    child.nodeType === Node.TEXT_NODE ? (child.textContent ?? "") : child.nodeName === "STYLE" ? "" : textOf(child),
  );
  return parts.join(" ").replace(/\s+/g, " ").trim();
}

/** A person who is here, in a role. */
export function sessionOf(role: string, more: object = {}): never {
  const plain = { person: "ann", csrf: "c", has_owner: true, setup_needed: false, login_needed: false };
  return { ...plain, role, version: "1", expires_at: null, ...more } as never;
}
