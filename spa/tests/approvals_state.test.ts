import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Approval } from "../src/contracts/rest";
import { approvals, decide, dismiss, ended, expireApprovals, loadApprovals } from "../src/state/approvals";
import { language } from "../src/state/preferences";
import "../src/views/approvals/approvals-host";
import { linesOf } from "../src/views/approvals/detail";
import { clock } from "../src/views/approvals/ring";
import { explanationOf, summaryOf, whyOf } from "../src/views/approvals/telling";

function approval(id: string, more: Partial<Approval> = {}): Approval {
  const now = Date.now() / 1000;
  const base = { id, kind: "actuation" as const, agent: "home-assistant-actuator", summary: "Unlock the front door" };
  return { ...base, arguments_sha256: "", created_at: now, expires_at: now + 120, state: "open", ...more };
}

function answer(body: unknown, status = 200): void {
  vi.stubGlobal("fetch", async () => Response.json(body, { status }));
}

beforeEach(() => {
  approvals.replace([]);
  for (const one of ended.value) dismiss(one.approval.id);
});

describe("what waits for a yes", () => {
  it("is listed oldest first, and what is gone was answered elsewhere", async () => {
    answer([approval("b", { created_at: 2 }), approval("a", { created_at: 1 }), approval("c", { state: "denied" })]);
    await loadApprovals();
    expect(approvals.all().map((one) => one.id)).toEqual(["a", "b"]);
    answer([approval("b")]);
    await loadApprovals();
    expect(ended.value.map((one) => [one.approval.id, one.how])).toEqual([["a", "taken"]]);
  });

  it("sends the PIN with a yes only where one was given, and tells what was done", async () => {
    const sent: unknown[] = [];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      sent.push(JSON.parse(String(init.body)));
      return Response.json({ id: "a", decision: "approve", status: "done", text: "Front door is unlocked." });
    });
    const one = approval("a");
    approvals.put("a", one);
    await decide(one, "approve", "2468");
    await decide(approval("b"), "deny", "");
    expect(sent).toEqual([{ decision: "approve", pin: "2468" }, { decision: "deny" }]);
    expect(approvals.size).toBe(0);
    expect(ended.value[0]).toMatchObject({ how: "approved", text: "Front door is unlocked." });
  });

  it("still waits when the PIN was wrong", async () => {
    answer({ detail: "The PIN is wrong" }, 409);
    const one = approval("a");
    approvals.put("a", one);
    await expect(decide(one, "approve", "1111")).rejects.toThrow("The PIN is wrong");
    expect(approvals.get("a")).toBeDefined();
    expect(ended.value).toHaveLength(0);
  });

  it("is a no when nobody answers in time", () => {
    approvals.put("a", approval("a", { expires_at: 10 }));
    expireApprovals(9);
    expect(approvals.size).toBe(1);
    expireApprovals(11);
    expect(approvals.size).toBe(0);
    expect(ended.value[0]?.how).toBe("expired");
  });
});

describe("what is shown of it", () => {
  it("names each device, how it is and what is sent", () => {
    const detail = {
      calls: [
        { domain: "lock", service: "unlock", entity_id: ["lock.a", "lock.b"], data: { code: 1 } },
        { call: { domain: "cover", service: "open_cover", entity_id: ["cover.g"] } },
      ],
      names: { "lock.a": "Front door" },
      states: { "lock.a": { state: "locked" } },
    };
    expect(linesOf(detail).map((one) => [one.name, one.now, one.service, one.data])).toEqual([
      ["Front door", "locked", "lock.unlock", "code 1"],
      ["lock.b", "", "lock.unlock", "code 1"],
      ["cover.g", "", "cover.open_cover", ""],
    ]);
    expect(linesOf({ calls: "nonsense" })).toEqual([]);
    expect(linesOf({ calls: [null, 7] })).toHaveLength(2);
  });

  it("counts down as a clock does", () => {
    expect([clock(119.2), clock(59), clock(-3), clock(7_300)]).toEqual(["2:00", "0:59", "0:00", "2 h"]);
  });
});

describe("a question that is set aside", () => {
  it("gives the keyboard back to where it was", async () => {
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
    const host = document.body.appendChild(document.createElement("wz-approvals-host")) as HTMLElement & {
      updateComplete: Promise<boolean>;
    };
    approvals.put("a", approval("a"));
    await host.updateComplete;
    const dialog = host.shadowRoot?.querySelector("dialog");
    expect(document.activeElement).toBe(host);
    dialog?.dispatchEvent(new Event("cancel", { cancelable: true }));
    await host.updateComplete;
    expect(host.shadowRoot?.querySelector("dialog")).toBeNull();
    expect(host.shadowRoot?.querySelector(".pill")).not.toBeNull();
    expect(document.activeElement).toBe(field);
    document.body.replaceChildren();
  });
});

describe("what a person is asked", () => {
  it("is told in the language of the page, where it is known in it", () => {
    const summaries = { en: "Unlock the front door", de: "Haustür aufschließen" };
    const detail = {
      why: ["It opens."],
      whys: { de: ["Es öffnet."] },
      explanation: "Runs",
      explanations: { de: "Läuft" },
    };
    language.set("de");
    expect(summaryOf(approval("a", { summaries }))).toBe("Haustür aufschließen");
    expect([whyOf(detail), explanationOf(detail)]).toEqual([["Es öffnet."], "Läuft"]);
    language.set("en");
    expect(summaryOf(approval("a", { summaries }))).toBe("Unlock the front door");
    expect([whyOf(detail), explanationOf(detail)]).toEqual([["It opens."], "Runs"]);
    expect([summaryOf(approval("b")), whyOf({}), explanationOf({})]).toEqual(["Unlock the front door", [], ""]);
  });
});
