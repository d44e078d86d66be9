import type { BudgetState, CostLine } from "../../contracts/rest";
import type { ChartPoint } from "../../ui/chart";

const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Dollars by day (epoch seconds of its noon), oldest first; days between that cost nothing are there too. */
export function dayPoints(lines: readonly CostLine[]): ChartPoint[] {
  const sums = new Map<number, number>();
  for (const line of lines) {
    const found = DAY_PATTERN.exec(line.key ?? "");
    if (!found) continue;
    const at = noon(new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3])));
    sums.set(at, (sums.get(at) ?? 0) + line.cost_usd);
  }
  if (!sums.size) return [];
  const last = Math.max(...sums.keys());
  const points: ChartPoint[] = [];
  for (let day = new Date(Math.min(...sums.keys()) * 1000); noon(day) <= last; day.setDate(day.getDate() + 1)) {
    points.push([noon(day), sums.get(noon(day)) ?? 0]);
  }
  return points;
}

function noon(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 12).getTime() / 1000;
}

/** One row of a table: what it is for, and what it cost. */
export interface ShareRow {
  key: string;
  calls: number;
  tokens: number;
  cost: number;
  /** Of the dearest row, 0 to 1. */
  share: number;
}

/** The lines of a report summed by their key, dearest first. */
export function shareRows(lines: readonly CostLine[], keyOf: (line: CostLine) => string): ShareRow[] {
  const rows = new Map<string, ShareRow>();
  for (const line of lines) {
    const key = keyOf(line);
    const row = rows.get(key) ?? { key, calls: 0, tokens: 0, cost: 0, share: 0 };
    row.calls += line.calls;
    row.tokens += line.input_tokens + line.output_tokens;
    row.cost += line.cost_usd;
    rows.set(key, row);
  }
  const sorted = [...rows.values()].sort((a, b) => b.cost - a.cost || b.calls - a.calls);
  const most = sorted[0]?.cost ?? 0;
  return sorted.map((row) => ({ ...row, share: most > 0 ? row.cost / most : 0 }));
}

/** How far a budget is used up: spent and reserved as parts of the limit, 0 to 1, and how bad that is. */
export function usage(budget: BudgetState): { spent: number; held: number; tone: "good" | "warn" | "bad" } {
  const limit = budget.limit.limit_usd || 1;
  const spent = Math.min(1, budget.spent_usd / limit);
  const held = Math.min(1 - spent, (budget.held_usd ?? 0) / limit);
  const WARN_FROM = 0.8;
  const used = (budget.spent_usd + (budget.held_usd ?? 0)) / limit;
  return { spent, held, tone: used >= 1 ? "bad" : used >= WARN_FROM ? "warn" : "good" };
}
