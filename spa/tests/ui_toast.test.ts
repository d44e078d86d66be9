import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toast } from "../src/ui/toast";

async function shown(): Promise<string[]> {
  const host = document.querySelector("wz-toasts") as HTMLElement & { updateComplete: Promise<boolean> };
  await host.updateComplete;
  return [...(host.shadowRoot?.querySelectorAll(".toast .foreign") ?? [])].map((one) => one.textContent ?? "");
}

describe("toasts", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it("are text, shown once each, and at most four", async () => {
    toast("<b>one</b>", "good");
    toast("<b>one</b>", "good");
    expect(await shown()).toEqual(["<b>one</b>"]);
    for (const text of ["2", "3", "4", "5"]) toast(text);
    expect(await shown()).toEqual(["2", "3", "4", "5"]);
  });

  it("go by themselves, failures later", async () => {
    toast("done", "good");
    toast("failed", "bad");
    vi.advanceTimersByTime(6_000);
    expect(await shown()).toEqual(["failed"]);
    vi.advanceTimersByTime(7_000);
    expect(await shown()).toEqual([]);
  });

  it("are cut when somebody sends a megabyte", async () => {
    toast("x".repeat(1_000_000), "warn");
    expect((await shown())[0]?.length).toBe(400);
  });
});
