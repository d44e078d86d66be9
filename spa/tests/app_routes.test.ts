import { describe, expect, it } from "vitest";
import { routeOf } from "../src/app/routes";

describe("addresses", () => {
  it.each([
    ["#/agents/a%20b/logs", "agents", "a b/logs"],
    ["#/agents/50%", "agents", "50%"],
    ["#/nowhere", "scene", ""],
    ["", "scene", ""],
  ])("%s leads to %s", (hash, path, rest) => {
    const found = routeOf(hash);
    expect(found.route.path).toBe(path);
    expect(path === "scene" ? "" : found.rest).toBe(rest);
  });
});
