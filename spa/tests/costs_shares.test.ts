import { afterEach, describe, expect, it, vi } from "vitest";
import type { CostLine } from "../src/contracts/rest";
import { costs } from "../src/state/costs";
import { session } from "../src/state/session";
import "../src/views/costs/costs-view";
import { dayPoints, shareRows, usage } from "../src/views/costs/shares";
import { gateway, sessionOf, shown, textOf } from "./gateway_stub";

const line = (key: string, cost_usd: number, calls = 1): CostLine => ({
  key,
  calls,
  input_tokens: 10,
  output_tokens: 5,
  cost_usd,
});
const report = (lines: CostLine[], provider = "offline"): object => ({
  lines,
  budgets: [],
  total_input_tokens: 0,
  total_output_tokens: 0,
  total_cost_usd: lines.reduce((sum, one) => sum + one.cost_usd, 0),
  provider,
  model: "",
});

afterEach(() => {
  document.body.replaceChildren();
  costs.set(null);
  vi.unstubAllGlobals();
});

describe("sums", () => {
  it("go by day, with the days that cost nothing between them", () => {
    const points = dayPoints([line("2026-11-03", 0.5), line("2026-11-01", 0.2), line("2026-11-01", 0.1), line("?", 9)]);
    expect(points.map(([, value]) => Number(value).toFixed(2))).toEqual(["0.30", "0.00", "0.50"]);
  });

  it("are one row for each key, dearest first", () => {
    const rows = shareRows([line("a", 0.1), line("b", 0.4, 3), line("a", 0.1)], (one) => one.key ?? "");
    expect(rows.map(({ key, calls, tokens, share }) => [key, calls, tokens, share])).toEqual([
      ["b", 3, 15, 1],
      ["a", 2, 30, 0.5],
    ]);
  });

  it.each([
    [0.2, 0, "good", 0.2],
    [0.7, 0.15, "warn", 0.7],
    [1.4, 0, "bad", 1],
  ])("of a budget: %d spent and %d held is %s", (spent_usd, held_usd, tone, spent) => {
    expect(usage({ limit: { limit_usd: 1 }, spent_usd, held_usd })).toMatchObject({ tone, spent });
  });
});

describe("the view", () => {
  it("says plainly that nothing has cost anything", async () => {
    session.set(sessionOf("viewer"));
    gateway({ "GET /api/cost": report([]) });
    const view = await shown("wz-costs-view");
    expect(textOf(view)).toContain("$0.00 No model has been called yet");
    expect(textOf(view)).toContain("No model is set up");
    expect(view.shadowRoot?.querySelector("wz-budget-list")?.shadowRoot?.querySelector("button")).toBeNull();
  });

  it("shows what was spent, and lets an admin set a budget", async () => {
    session.set(sessionOf("admin"));
    gateway({ "GET /api/cost": report([line("<b>main</b>", 0.25, 4)], "cloud") });
    const view = await shown("wz-costs-view");
    expect(textOf(view)).toContain("$0.25");
    expect(textOf(view)).toContain("<b>main</b>");
    expect(view.shadowRoot?.querySelector("wz-budget-list")?.shadowRoot?.querySelector("button")).not.toBeNull();
  });
});
