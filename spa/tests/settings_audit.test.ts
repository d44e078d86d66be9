import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../src/contracts/rest";
import { resultOf, whoOf } from "../src/views/settings/audit-words";

function line(detail: Record<string, unknown>, change: Partial<AuditEntry> = {}): AuditEntry {
  return { number: 1, at: 0, kind: "actuation", origin: "person", detail, ...change } as AuditEntry;
}

describe("a line of the audit log", () => {
  it("does not call done what only opened a question", () => {
    expect(resultOf(line({ outcome: "asked" }))).toBe("asked first");
    expect(resultOf(line({ outcome: "done", calls: [{ state: "failed", verdict: "waits" }] }))).toBe("asked first");
    expect(resultOf(line({ outcome: "done", calls: [{ state: "done", verdict: "sent" }] }))).toBe("done");
  });

  it("tells what was answered to a question", () => {
    const said = ["opened", "approved", "denied", "expired", "wrong PIN"].map((verdict) => resultOf(line({ verdict })));
    expect(said).toEqual(["asked first", "yes", "no", "no answer", "wrong PIN"]);
  });

  it("names the person, or what acted", () => {
    expect(whoOf(line({}, { person: "anna" }))).toBe("anna");
    expect(whoOf(line({}, { origin: "rule" }))).toBe("rule");
    expect(whoOf(line({}, { origin: "constructor" as AuditEntry["origin"] }))).toBe("constructor");
  });
});
