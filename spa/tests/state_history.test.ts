import { describe, expect, it } from "vitest";
import type { HistoryPoint } from "../src/contracts/rest";
import { gapped, perMinute } from "../src/state/history";

const NOW = 100_000;

function at(t: number, messages = t): HistoryPoint {
  return { t, memory_mb: 1, cpu: 1, messages_processed: messages, errors: 0, cost_usd: 0 };
}

describe("a gap in what is known of an agent", () => {
  it("has a point of no values, so that no line goes over it", () => {
    const points = [at(NOW - 600), at(NOW - 590), at(NOW - 300), at(NOW - 290)];
    const shown = gapped(points, NOW);
    expect(shown.map((one) => [one.t, one.memory_mb])).toEqual([
      [NOW - 600, 1],
      [NOW - 590, 1],
      [NOW - 589, null],
      [NOW - 300, 1],
      [NOW - 290, 1],
    ]);
    expect(perMinute(shown, "messages_processed").map(([, value]) => value)).toEqual([60, null, null, 60]);
  });

  it("is none where points come every five minutes, before the last hour", () => {
    const points = [at(NOW - 7_200), at(NOW - 6_900), at(NOW - 6_600), at(NOW - 5_000)];
    expect(gapped(points, NOW).map((one) => one.t - NOW)).toEqual([-7_200, -6_900, -6_600, -6_599, -5_000]);
    expect(gapped([at(NOW - 3_700), at(NOW - 3_590), at(NOW - 3_580)], NOW)).toHaveLength(3);
    expect(gapped([], NOW)).toEqual([]);
  });
});
