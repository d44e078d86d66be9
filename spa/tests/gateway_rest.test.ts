import { afterEach, expect, it, vi } from "vitest";
import { request, setLanguage } from "../src/gateway/rest";

afterEach(() => {
  setLanguage("");
  vi.unstubAllGlobals();
});

it("asks for answers in the language of the page", async () => {
  const asked = vi.fn(async (_address: string, _init: RequestInit) => new Response("{}"));
  vi.stubGlobal("fetch", asked);
  await request("/api/rules", { method: "GET" });
  setLanguage("de");
  await request("/api/rules", { method: "GET" });
  const languages = asked.mock.calls.map(([, init]) => new Headers(init.headers).get("accept-language"));
  expect(languages).toEqual([null, "de"]);
});
