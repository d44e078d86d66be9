import { describe, expect, it } from "vitest";
import { filterOf, matches, params } from "../src/gateway/topics";

describe("topic filters", () => {
  it.each([
    ["agents/+/status", "agents/1/status", true],
    ["agents/#", "agents/1/status", true],
    ["agents/+", "agents/1/status", false],
    ["agents/+/status", "agents/1", false],
    ["#", "a", true],
  ])("%s hears %s: %s", (filter, topic, heard) => {
    expect(matches(filter, topic)).toBe(heard);
  });

  it("reads the levels of an address", () => {
    expect(params("agents/{agent_id}/status", "agents/7/status")).toEqual({ agent_id: "7" });
    expect(params("agents/{agent_id}/status", "agents/7/logs")).toBeNull();
    expect(filterOf("homeassistant/state_changes/{domain}/{entity_id}")).toBe("homeassistant/state_changes/+/+");
  });
});
