import { describe, expect, it } from "vitest";
import type { RuleDraft } from "../src/contracts/rest";
import { countByDay } from "../src/views/rules/day-counts";
import {
  asDuration,
  emptyDraft,
  emptyTrigger,
  fitsForm,
  KINDS,
  lineOf,
  plainValue,
  tidied,
} from "../src/views/rules/drafts";
import { nextTime } from "../src/views/rules/nexttime";

const DRAFT: RuleDraft = {
  trigger: { kind: "numeric", entity_id: "sensor.t", above: 28 },
  actions: [{ domain: "light", service: "turn_on", entity_id: ["light.k"], data: { brightness_pct: 40 } }],
};

describe("the form", () => {
  it.each(KINDS.map((kind) => [kind] as const))("shows a new trigger of the kind %s", (kind) => {
    expect(emptyTrigger(kind).kind).toBe(kind);
    expect(fitsForm({ ...DRAFT, trigger: emptyTrigger(kind) })).toBe(true);
  });

  it.each([
    ["an attribute", { trigger: { kind: "numeric", entity_id: "sensor.t", attribute: "x", above: 1 } }],
    ["a window", { trigger: { kind: "mqtt", topic: "a", window: { function: "mean", seconds: 60 } } }],
    [
      "two devices in one call",
      { actions: [{ domain: "light", service: "turn_on", entity_id: ["light.a", "light.b"] }] },
    ],
    ["a condition on a topic", { conditions: [{ topic: "home/x", value: 1 }] }],
    ["days of hours", { hours: { weekdays: ["mon"] } }],
    ["a notice that is edited", { notices: [{ edit: true }] }],
  ] as [string, Partial<RuleDraft>][])("does not take a rule with %s, which would be lost", (_, change) => {
    expect(fitsForm({ ...DRAFT, ...change })).toBe(false);
  });

  it("leaves out rows that were never filled in, and keeps the rest as it was", () => {
    const full = tidied({ ...DRAFT, conditions: [{ entity_id: "", value: "on" }], hours: { start: "", end: "" } });
    expect(full).toEqual({ ...DRAFT, conditions: [], tasks: [], hours: null });
    expect(tidied(emptyDraft()).actions).toEqual([]);
  });

  it("compares numbers as numbers", () => {
    expect([plainValue("20"), plainValue(" on "), plainValue("")]).toEqual([20, "on", ""]);
  });

  it.each([
    [5_400, { amount: 90, unit: 60 }],
    [7_200, { amount: 2, unit: 3600 }],
    [0, { amount: 0, unit: 1 }],
    [10, { amount: 10, unit: 1 }],
  ])("says %d seconds in the unit that reads best", (seconds, said) => expect(asDuration(seconds)).toEqual(said));
});

describe("problems of YAML", () => {
  it("name their line", () => {
    expect(lineOf("That cannot be read as a rule: line 12: 'x' is not known here")).toBe(12);
    expect(lineOf("There is no rule")).toBeNull();
  });
});

describe("the next time", () => {
  const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime() / 1000;
  const daily = (weekdays: "mon"[] = []): RuleDraft => ({ trigger: { kind: "time", at: "07:00", weekdays } });

  it("is today before it, and tomorrow after it", () => {
    expect(nextTime(daily(), null, at(21, 6))).toBe(at(21, 7));
    expect(nextTime(daily(), null, at(21, 8))).toBe(at(22, 7));
  });

  it("is the next day that is wanted, also a week ahead", () => {
    expect(nextTime(daily(["mon"]), null, at(21, 8))).toBe(at(23, 7));
    expect(nextTime(daily(["mon"]), null, at(23, 8))).toBe(at(30, 7));
  });

  it("counts on from the last firing, and is unknown where no clock tells", () => {
    expect(nextTime({ trigger: { kind: "interval", seconds: 60 } }, 1_000, 1_010)).toBe(1_060);
    expect(nextTime(DRAFT, 1_000, 1_010)).toBeNull();
  });
});

describe("a backtest by day", () => {
  it("counts acted, at night, and held back; quiet days are there too", () => {
    const start = new Date(2026, 10, 19, 12).getTime() / 1000;
    const firing = (hours: number, verdict: "fire" | "unmet", night = false): never =>
      ({ at: start + hours * 3600, verdict, night }) as never;
    const days = countByDay([firing(1, "fire"), firing(40, "fire", true), firing(41, "unmet")], start, start + 172_800);
    expect(days.map(({ day, night, held }) => [day, night, held])).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 1],
    ]);
  });
});
