import type { BudgetLimit, CostReport, LimitBody } from "../contracts/rest";
import { call } from "../gateway/rest";
import { Store } from "./store";

/** Since when costs are counted. */
export type Period = "today" | "month" | "all";

const SHARES = ["agent", "model", "rule", "purpose"] as const;

/** What costs are told apart by. */
export type Share = (typeof SHARES)[number];

/** What was spent in a period: by day, and by each share. */
export interface Costs {
  period: Period;
  days: CostReport;
  shares: Record<Share, CostReport>;
}

/** The costs as last fetched; null until then. */
export const costs = new Store<Costs | null>(null);

/** Fetch the costs of a period; the days are always those of the month or of all time. */
export async function loadCosts(period: Period): Promise<void> {
  const byDay = call("GET /api/cost", { query: { by: "day", period: period === "today" ? "month" : period } });
  const reports = await Promise.all(SHARES.map((by) => call("GET /api/cost", { query: { by, period } })));
  const shares = Object.fromEntries(SHARES.map((share, index) => [share, reports[index]])) as Record<Share, CostReport>;
  costs.set({ period, days: await byDay, shares });
}

/** Set a budget; 0 dollars take it away. */
export async function setBudget(limit: LimitBody): Promise<void> {
  await call("POST /api/cost/limit", { body: limit });
}

/** Count a budget anew from now on. */
export async function resetBudget(limit: BudgetLimit): Promise<void> {
  const { scope = "all", agent = "" } = limit;
  await call("POST /api/cost/reset", { body: { scope, agent } });
}
