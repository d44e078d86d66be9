import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { activity } from "../../src/state/activity";
import { language } from "../../src/state/preferences";
import "../../src/views/scene/activity-strip";
import type { ActivityStrip } from "../../src/views/scene/activity-strip";

let strip: ActivityStrip;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "Date"] });
  language.set("en");
  strip = document.createElement("wz-activity-strip") as ActivityStrip;
  document.body.append(strip);
});

afterEach(() => {
  strip.remove();
  vi.useRealTimers();
});

const nodes = (): number => {
  const walker = document.createTreeWalker(strip.shadowRoot as ShadowRoot);
  let count = 0;
  while (walker.nextNode()) count += 1;
  return count;
};

async function pass(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await strip.updateComplete;
}

it("holds as many nodes after a long day as after a minute", async () => {
  const happen = (): void => {
    for (let index = 0; index < 12; index += 1) activity.add("task", `agent:a-${(index * 7) % 12}`, "agent:b");
  };
  const sizes: number[] = [];
  for (let minute = 0; minute < 30; minute += 1) {
    for (let second = 0; second < 20; second += 1) {
      happen();
      await pass(3_000);
    }
    sizes.push(nodes());
  }
  // what was said grows to its bound and begins again
  expect(Math.max(...sizes.slice(20))).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 10)));
  expect(strip.shadowRoot?.querySelectorAll("li")).toHaveLength(8);
});

it("speaks the newest, and not more often than somebody can listen", async () => {
  const said = (): string[] =>
    [...(strip.shadowRoot?.querySelectorAll("[role=log] p") ?? [])].map((one) => one.textContent ?? "");
  for (let index = 0; index < 100; index += 1) {
    activity.add("task", `agent:speaker-${index}`, "agent:b");
    await pass(100);
  }
  expect(said().length).toBeLessThanOrEqual(2);
  await pass(6_000);
  expect(said().at(-1)).toContain("speaker-99");
});
