// Routes whose models are not generated yet; each line goes when `./just gen` knows it.
import type {} from "./rest";

interface PendingSession { person: string; role: string; csrf: string; has_owner: boolean; setup_needed: boolean; login_needed: boolean; version: string; expires_at?: number | null }
interface PendingTicket { path: string; username: string; password: string; client_id: string; expires_at: number; filters: string[] }
interface PendingEntity { entity_id: string; name: string; domain: string; device_class?: string; state: string; unit?: string; attributes?: Record<string, unknown>; risk: "A" | "B" | "C"; actions: string[]; available: boolean; last_changed?: number | null }
interface PendingHouse { rooms: { id: string; name: string; floor?: string; entities: PendingEntity[] }[]; version: number; source: string; stale: boolean; units?: Record<string, string> }

declare module "./rest" {
  interface Routes {
    "GET /api/session": { body: unknown; query: Record<string, never>; answer: PendingSession };
    "POST /api/login": { body: { name: string; password: string }; query: Record<string, never>; answer: PendingSession };
    "POST /api/logout": { body: unknown; query: Record<string, never>; answer: unknown };
    "POST /api/setup": { body: { code: string; name: string; password: string }; query: Record<string, never>; answer: PendingSession };
    "POST /api/mqtt-ticket": { body: unknown; query: Record<string, never>; answer: PendingTicket };
    "GET /api/house": { body: unknown; query: Record<string, never>; answer: PendingHouse };
    "POST /api/house/{entity_id}/actions": { body: { action: string; data?: Record<string, unknown> }; query: Record<string, never>; answer: { status: string; text: string; approval_id?: string; state?: string; trace_id?: string } };
  }
}
