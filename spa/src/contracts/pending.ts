// Routes whose models are not generated yet; each line goes when `./just gen` knows it.
import type {} from "./rest";

interface PendingSession { person: string; role: string; csrf: string; has_owner: boolean; setup_needed: boolean; login_needed: boolean; version: string; expires_at?: number | null }
interface PendingPerson { name: string; role: string; created_at: number; last_seen?: number | null; disabled: boolean }
interface PendingToken { id: string; label: string; person: string; scopes: string[]; created_at: number; expires_at?: number | null; last_used?: number | null; token?: string }
interface PendingVisit { id: string; person: string; created_at: number; last_seen: number; address: string; agent: string; current: boolean }
interface PendingChange { id: string; timestamp: number; person: string; role: string; address: string; method: string; route: string; target: string; status: number; request_id: string; detail?: unknown }

declare module "./rest" {
  interface Routes {
    "GET /api/session": { body: unknown; query: Record<string, never>; answer: PendingSession };
    "POST /api/login": { body: { name: string; password: string }; query: Record<string, never>; answer: PendingSession };
    "POST /api/logout": { body: unknown; query: Record<string, never>; answer: unknown };
    "POST /api/setup": { body: { code: string; name: string; password: string }; query: Record<string, never>; answer: PendingSession };
    "GET /api/people": { body: unknown; query: Record<string, never>; answer: PendingPerson[] };
    "POST /api/people": { body: { name: string; role: string; password: string }; query: Record<string, never>; answer: PendingPerson };
    "PATCH /api/people/{name}": { body: { role?: string; password?: string; disabled?: boolean }; query: Record<string, never>; answer: PendingPerson };
    "DELETE /api/people/{name}": { body: unknown; query: Record<string, never>; answer: unknown };
    "POST /api/password": { body: { old: string; new: string }; query: Record<string, never>; answer: unknown };
    "GET /api/tokens": { body: unknown; query: Record<string, never>; answer: PendingToken[] };
    "POST /api/tokens": { body: { label: string; scopes: string[]; expires_in_s?: number | null }; query: Record<string, never>; answer: PendingToken };
    "DELETE /api/tokens/{id}": { body: unknown; query: Record<string, never>; answer: unknown };
    "GET /api/sessions": { body: unknown; query: Record<string, never>; answer: PendingVisit[] };
    "DELETE /api/sessions/{id}": { body: unknown; query: Record<string, never>; answer: unknown };
    "GET /api/changes": { body: unknown; query: { limit?: number; before?: string }; answer: PendingChange[] };
  }
}
