import type { Routes } from "../contracts/rest";
import { GatewayError } from "./errors";

type Params<R extends string> = R extends `${string}{${infer Name}}${infer Rest}` ? Name | Params<Rest> : never;

/** What a call takes besides its route: values of path parameters, query, body and more headers. */
export interface CallOptions<R extends keyof Routes> {
  path?: Record<Params<R & string>, string>;
  query?: Routes[R]["query"];
  body?: Routes[R]["body"];
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

type Refused = (error: GatewayError) => void;

const LOGIN_NEEDED = 401;
const NO_CONTENT = 204;

let csrf = "";
let language = "";
const refusals = new Set<Refused>();

/** The token that writes carry while a session cookie speaks for the person. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Call `listener` whenever the gateway asks for a login; the return value ends it. */
export function onLoginNeeded(listener: Refused): () => void {
  refusals.add(listener);
  return () => refusals.delete(listener);
}

/** Ask the gateway; the route names method, path, and so the types of body and answer. */
export async function call<R extends keyof Routes>(
  route: R,
  options: CallOptions<R> = {},
): Promise<Routes[R]["answer"]> {
  const response = await send(route, options);
  if (response.status === NO_CONTENT) return undefined as Routes[R]["answer"];
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return (isJson ? await response.json() : await response.text()) as Routes[R]["answer"];
}

/** Ask the gateway and take the response as it comes; GatewayError for all but 2xx. */
export async function send<R extends keyof Routes>(route: R, options: CallOptions<R> = {}): Promise<Response> {
  const [method = "GET", template = ""] = String(route).split(" ");
  const address = fill(template, options.path ?? {}) + search(options.query ?? {});
  const hasBody = options.body !== undefined && method !== "GET";
  return request(address, {
    method,
    headers: { ...(hasBody ? { "content-type": "application/json" } : {}), ...options.headers },
    ...(hasBody ? { body: JSON.stringify(options.body) } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** Name the language that answers shall be in. */
export function setLanguage(code: string): void {
  language = code;
}

/** Send a request that no route types describe, such as a file; adds the CSRF token and the page's language. */
export async function request(address: string, init: RequestInit): Promise<Response> {
  const writes = (init.method ?? "GET") !== "GET";
  const headers = {
    accept: "application/json",
    ...(language ? { "accept-language": language } : {}),
    ...(writes && csrf ? { "x-csrf-token": csrf } : {}),
    ...init.headers,
  };
  const response = await reach(address, { ...init, headers, credentials: "same-origin" });
  if (!response.ok) throw await refused(response);
  return response;
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new GatewayError(0, "The gateway cannot be reached");
  }
}

async function refused(response: Response): Promise<GatewayError> {
  const problem = problemOf(await response.text());
  const { headers, status, statusText } = response;
  const retryAfter = Number(headers.get("retry-after")) || 0;
  const detail = problem.detail || statusText;
  const error = new GatewayError(status, detail, headers.get("x-request-id") ?? "", problem.type, retryAfter);
  if (response.status === LOGIN_NEEDED) for (const listener of refusals) listener(error);
  return error;
}

function problemOf(text: string): { detail: string; type: string } {
  try {
    const { detail, type } = JSON.parse(text) as { detail?: unknown; type?: unknown };
    return { detail: typeof detail === "string" ? detail : "", type: typeof type === "string" ? type : "" };
  } catch {
    return { detail: text.slice(0, 300), type: "" };
  }
}

function fill(template: string, params: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

function search(query: object): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return pairs.length ? `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}` : "";
}
