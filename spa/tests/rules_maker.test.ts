import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rules, rulesKnown } from "../src/state/rules";
import { session } from "../src/state/session";
import "../src/views/rules/rule-list";
import "../src/views/rules/rule-editor";
import { gateway, type Seen, sessionOf, settled, shown, textOf } from "./gateway_stub";

const DRAFT = {
  trigger: { kind: "time", at: "07:00", weekdays: [] },
  actions: [{ domain: "light", service: "turn_on", entity_id: ["light.k"] }],
};
const RULE = {
  rule_id: "ab12cd34",
  task: "<img src=x onerror=alert(1)>",
  summary: "Every day at 07:00, turn on <b>K</b>.",
  draft: DRAFT,
  status: "active",
  created_at: 1,
  firings: 2,
  last_fired_at: Date.now() / 1000 - 90,
};
const HOUSE = { rooms: [], name: "", version: 1, source: "demo", stale: false, units: {} };
const FIRING = { rule_id: "ab12cd34", fired_at: RULE.last_fired_at, verdict: "fire", outcome: "done" };

let seen: Seen[] = [];

beforeEach(() => {
  sessionStorage.clear();
  rules.replace([]);
  rulesKnown.set(false);
  session.set(sessionOf("user"));
  seen = gateway({
    "GET /api/rules": [RULE],
    "GET /api/house": HOUSE,
    "GET /api/rules/ab12cd34/firings": [FIRING],
    "POST /api/rules/preview": { rule: { ...RULE, rule_id: "ffff0000" }, text: "", yaml: "when: {}", source: "rules" },
    "POST /api/backtests": { text: "It would have fired 14 times.", fired: 14, firings: [], start: 0, end: 1 },
    "POST /api/rules": { rule: { ...RULE, rule_id: "ffff0000" }, text: "" },
    "GET /api/rules/ab12cd34": { rule: RULE, text: "", yaml: "when:\n  tim: x\n" },
    "PUT /api/rules/ab12cd34": [409, { detail: "That cannot be read as a rule: line 2: 'tim' is not known here" }],
  });
});
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function part<E extends Element>(host: Element, selector: string): E {
  return host.shadowRoot?.querySelector(selector) as E;
}

describe("a rule in words", () => {
  it("is asked for again by itself while the home is not read yet, and says so", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const early = { type: "/problems/not-ready", code: "house_unknown", detail: "I am new here." };
      seen = gateway({ "POST /api/rules/preview": [503, early] });
      const maker = document.createElement("wz-rule-maker");
      document.body.append(maker);
      await vi.advanceTimersByTimeAsync(10);
      const field = part<HTMLInputElement>(maker, "#sentence");
      field.value = "every day at 7 turn on K";
      field.dispatchEvent(new Event("input"));
      part<HTMLFormElement>(maker, "form").dispatchEvent(new Event("submit", { cancelable: true }));
      await vi.advanceTimersByTimeAsync(100);
      expect(textOf(maker)).toContain("still reading the home");
      expect(part(maker, "[role=alert]")).toBeNull();
      gateway({
        "POST /api/rules/preview": { rule: { ...RULE, rule_id: "ffff0000" }, text: "", yaml: "", source: "rules" },
        "POST /api/backtests": { text: "", fired: 0, firings: [], start: 0, end: 1 },
      });
      await vi.advanceTimersByTimeAsync(2_100);
      expect(textOf(maker)).toContain("Every day at 07:00");
      expect(textOf(maker)).not.toContain("still reading the home");
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(["typed on", "closed"])("is not asked for any more when it was %s before the answer", async (how) => {
    const signals: AbortSignal[] = [];
    vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
      if (init.signal) signals.push(init.signal);
      return new Promise((_resolve, reject) =>
        init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
      );
    });
    const maker = await shown("wz-rule-maker");
    const field = part<HTMLInputElement>(maker, "#sentence");
    field.value = "make it cozy";
    field.dispatchEvent(new Event("input"));
    const submit = (): boolean =>
      part<HTMLFormElement>(maker, "form").dispatchEvent(new Event("submit", { cancelable: true }));
    submit();
    await settled();
    expect(signals.map((one) => one.aborted)).toEqual([false]);
    if (how === "closed") {
      maker.remove();
      await settled();
      expect(signals.map((one) => one.aborted)).toEqual([true]);
      return;
    }
    field.value = "make it cozy and warm";
    field.dispatchEvent(new Event("input"));
    await settled();
    expect(signals.map((one) => one.aborted)).toEqual([true]);
    expect(part(maker, "[role=alert]")).toBeNull();
    submit();
    await settled();
    expect(signals.map((one) => one.aborted)).toEqual([true, false]);
  });

  it("is previewed with its past first, and made exactly so when it is enabled", async () => {
    const list = await shown("wz-rule-list");
    const maker = part<HTMLElement>(list, "wz-rule-maker");
    const field = part<HTMLInputElement>(maker, "#sentence");
    field.value = "every day at 7 turn on K";
    field.dispatchEvent(new Event("input"));
    part<HTMLFormElement>(maker, "form").dispatchEvent(new Event("submit", { cancelable: true }));
    await settled();
    expect(textOf(maker)).toContain("Every day at 07:00");
    expect(textOf(maker)).toContain("14 times");
    expect(seen.filter((one) => one.route === "POST /api/rules")).toEqual([]);
    part<HTMLButtonElement>(maker, ".preview button.primary").click();
    await settled();
    const made = seen.find((one) => one.route === "POST /api/rules");
    expect(made?.body).toMatchObject({ sentence: RULE.task, draft: DRAFT });
    expect(made?.headers.get("idempotency-key")).toBeTruthy();
  });
});

describe("the list", () => {
  it("shows rules with their state and last firing; words from outside stay text", async () => {
    const list = await shown("wz-rule-list");
    expect(textOf(list)).toContain("Running");
    expect(textOf(list)).toContain("2 times, acted 1 min ago");
    expect(textOf(list)).toContain("turn on <b>K</b>");
    expect(part(list, "img, b")).toBeNull();
    expect(part(part<HTMLElement>(list, "wz-firing-strip"), "line.fire")).not.toBeNull();
  });

  it("offers a reader no buttons", async () => {
    session.set(sessionOf("viewer"));
    const list = await shown("wz-rule-list");
    expect(part(list, "wz-rule-maker")).toBeNull();
    expect(part(list, ".card button")).toBeNull();
  });
});

describe("the editor", () => {
  it("marks the line that the planner complains about, and loses nothing that was typed", async () => {
    const editor = await shown("wz-rule-editor", { ruleId: "ab12cd34" });
    [...(editor.shadowRoot?.querySelectorAll<HTMLButtonElement>(".chip") ?? [])].at(1)?.click();
    await settled();
    const field = part<HTMLElement & { value: string; line: number }>(editor, "wz-yaml-field");
    field.value = "when:\n  tim: x\n";
    field.dispatchEvent(new Event("input"));
    part<HTMLButtonElement>(editor, "button.primary").click();
    await settled();
    expect(field.line).toBe(2);
    expect(field.value).toContain("tim: x");
    expect(textOf(editor)).toContain("Line 2");
    expect(part(field, ".wrong")?.textContent).toBe("2");
  });
});
