import type { Plan, PlanResult } from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { Collection, Store } from "./store";

/** Plans of late, the newest first. */
export const plans = new Collection<Plan>((a, b) => b.created_at - a.created_at);
/** Whether the plans were fetched once. */
export const plansKnown = new Store(false);

/** Fetch the plans of late. */
export async function loadPlans(): Promise<void> {
  take(await call("GET /api/plans"));
}

/** Carry out a proposed plan, drop it, or stop one that runs. */
export async function decidePlan(planId: string, decision: "approve" | "reject" | "cancel"): Promise<PlanResult> {
  const result = await call("POST /api/plans/{plan_id}/{decision}", { path: { plan_id: planId, decision } });
  plans.put(planId, result.plan);
  return result;
}

/** Forget the plans that have ended. */
export async function clearPlans(): Promise<void> {
  take(await call("DELETE /api/plans"));
}

/** Follow the plans while somebody looks at them; the return value ends it. */
export function followPlans(): () => void {
  const again = (): void => {
    loadPlans().catch(() => undefined); // the connection badge tells
  };
  const ends = [onResync(again), listen("agents/{agent_id}/plans", again)];
  return () => {
    for (const end of ends) end();
  };
}

function take(rows: readonly Plan[]): void {
  plans.replace(rows.map((row) => [row.plan_id, row] as const));
  plansKnown.set(true);
}
