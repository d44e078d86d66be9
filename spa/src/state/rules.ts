import type {
  BacktestReport,
  FiringReport,
  Rule,
  RuleBody,
  RuleDraft,
  RuleExplanation,
  RuleFile,
  RuleResult,
  StandingGrant,
} from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { language } from "./preferences";
import { Collection, Store } from "./store";

/** What can be done with a rule that is there. */
export type RuleChange = "approve" | "pause" | "resume" | "grant";

/** All rules, the newest first. */
export const rules = new Collection<Rule>((a, b) => b.created_at - a.created_at);
/** Whether the rules were fetched once. */
export const rulesKnown = new Store(false);
/** Firings of late by rule, newest first. */
export const firings = new Collection<readonly FiringReport[]>();
/** Standing yeses by rule. */
export const grants = new Collection<StandingGrant>();

const KEPT_FIRINGS = 100;
const SETTLED_MS = [600, 3_000] as const;

/** Fetch all rules. */
export async function loadRules(): Promise<void> {
  const rows = await call("GET /api/rules");
  rules.replace(rows.map((row) => [row.rule_id, row] as const));
  rulesKnown.set(true);
}

/** Fetch what a rule did of late. */
export async function loadFirings(ruleId: string): Promise<void> {
  const path = { rule_id: ruleId };
  firings.put(ruleId, await call("GET /api/rules/{rule_id}/firings", { path, query: { limit: KEPT_FIRINGS } }));
}

/** Fetch the standing yeses. */
export async function loadGrants(): Promise<void> {
  const rows = await call("GET /api/grants");
  grants.replace(rows.map((row) => [row.rule_id, row] as const));
}

/** One rule in words and as YAML. */
export async function showRule(ruleId: string): Promise<RuleResult> {
  return keep(await call("GET /api/rules/{rule_id}", { path: { rule_id: ruleId } }));
}

/** What a sentence, or a draft with its sentence, would be as a rule; nothing is made. An abort costs nothing further. */
export function previewRule(sentence: string, draft?: RuleDraft, signal?: AbortSignal): Promise<RuleResult> {
  const body = { sentence, language: language.value, ...(draft ? { draft } : {}) };
  return call("POST /api/rules/preview", { body, ...(signal ? { signal } : {}) });
}

/** Make the rule that a preview showed. */
export async function makeRule(sentence: string, draft: RuleDraft): Promise<RuleResult> {
  const headers = { "idempotency-key": crypto.randomUUID() };
  return keep(await call("POST /api/rules", { body: { sentence, draft, language: language.value }, headers }));
}

/** Change what a rule says. */
export async function editRule(ruleId: string, body: RuleBody): Promise<RuleResult> {
  return keep(await call("PUT /api/rules/{rule_id}", { path: { rule_id: ruleId }, body }));
}

/** Approve a rule, hold it, let it go on, or ask for a standing yes. */
export async function changeRule(ruleId: string, change: RuleChange): Promise<RuleResult> {
  return keep(await call("POST /api/rules/{rule_id}/{change}", { path: { rule_id: ruleId, change } }));
}

/** Remove a rule. */
export async function deleteRule(ruleId: string): Promise<Rule> {
  const { rule } = await call("DELETE /api/rules/{rule_id}", { path: { rule_id: ruleId } });
  rules.delete(ruleId);
  firings.delete(ruleId);
  return rule;
}

/** Take the standing yes of a rule back. */
export async function revokeGrant(ruleId: string): Promise<void> {
  await call("DELETE /api/rules/{rule_id}/grant", { path: { rule_id: ruleId } });
  await Promise.all([loadGrants(), loadRules()]);
}

/** Why a rule did not do more between two moments (epoch seconds). */
export function whyNot(ruleId: string, start: number, end: number): Promise<RuleExplanation> {
  return call("GET /api/rules/{rule_id}/why-not", { path: { rule_id: ruleId }, query: { start, end } });
}

/** What a rule that is kept, or a draft, would have done in the last days. */
export function backtest(what: { rule_id: string } | { draft: RuleDraft }, days: number): Promise<BacktestReport> {
  return call("POST /api/backtests", { body: { ...what, days } });
}

/** All rules as a file of YAML. */
export async function exportRules(): Promise<string> {
  return String(await call("GET /api/rules.yaml", { headers: { accept: "application/yaml" } }));
}

/** Make rules of a file of YAML. */
export async function importRules(yaml: string): Promise<RuleFile> {
  const file = await call("POST /api/rules/import", { body: { yaml } });
  await loadRules();
  return file;
}

/** Follow the rules while somebody looks at them; the return value ends it. */
export function followRules(): () => void {
  const again = (): void => {
    void Promise.all([loadRules(), loadGrants()]).catch(() => undefined); // the connection badge tells
  };
  const fired = (ruleId: string): void => {
    for (const wait of SETTLED_MS) setTimeout(() => void settle(ruleId), wait);
  };
  const ends = [onResync(again), listen("custom/triggers/{slug}", (event) => fired(String(event.rule_id ?? "")))];
  return () => {
    for (const end of ends) end();
  };
}

async function settle(ruleId: string): Promise<void> {
  try {
    await Promise.all([loadRules(), ruleId ? loadFirings(ruleId) : undefined]);
  } catch {
    // the next firing or resync loads it again
  }
}

function keep(result: RuleResult): RuleResult {
  rules.put(result.rule.rule_id, result.rule);
  return result;
}
