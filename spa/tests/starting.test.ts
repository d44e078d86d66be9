import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const SOURCE = readFileSync(join(__dirname, "../scripts/starting.js"), "utf8");
const TRIES = "wactorz.starting";

const reload = vi.fn();
const fetched = vi.fn();
let listeners: [string, (event: object) => void][] = [];

function start(language = "en-GB"): void {
  const page = {
    addEventListener: (type: string, heard: () => void) => listeners.push([type, heard]),
    removeEventListener: vi.fn(),
  };
  new Function("window", "location", "fetch", "navigator", SOURCE)(page, { reload }, fetched, { language });
}

function tell(type: string, event: object = {}): void {
  for (const [one, heard] of listeners) if (one === type) heard(event);
}

function part(tag: string, attributes: Record<string, string>): { target: HTMLElement } {
  const target = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, value);
  return { target };
}

const SCRIPT = () => part("script", { type: "module" });

beforeEach(() => {
  vi.useFakeTimers();
  listeners = [];
  reload.mockClear();
  fetched.mockReset().mockResolvedValue({ ok: true });
  sessionStorage.clear();
  document.body.innerHTML = '<wz-app><p class="starting" role="status">Wactorz</p></wz-app>';
});
afterEach(() => void vi.useRealTimers());

describe("a page of which a part did not come", () => {
  it.each([
    ["en-GB", "en", "The page did not load completely. It tries again by itself.Reload"],
    ["de-AT", "de", "Die Seite wurde nicht vollständig geladen. Sie versucht es von selbst noch einmal.Neu laden"],
  ])("says so to %s", (browser, language, text) => {
    start(browser);
    tell("error", SCRIPT());
    const said = document.querySelector<HTMLElement>(".starting");
    expect([said?.lang, said?.textContent]).toEqual([language, text]);
    document.querySelector("button")?.click();
    expect(reload).toHaveBeenCalledOnce();
  });

  it("is loaded again after a pause that grows with each try and stays below a minute", async () => {
    for (const pause of [1_000, 3_000, 8_000, 20_000, 60_000, 60_000]) {
      listeners = [];
      reload.mockClear();
      start();
      tell("error", SCRIPT());
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(reload).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(reload).toHaveBeenCalledOnce();
    }
  });

  it("stays while the gateway is away, and is loaded when it is back", async () => {
    fetched.mockRejectedValueOnce(new TypeError("refused")).mockResolvedValueOnce({ ok: false });
    start();
    tell("error", part("link", { rel: "stylesheet" }));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(reload).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("does not wait when the machine has a network again", async () => {
    sessionStorage.setItem(TRIES, "4");
    start();
    tell("error", SCRIPT());
    tell("online");
    await vi.advanceTimersByTimeAsync(0);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("is loaded again too when nothing ever comes", async () => {
    start();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe("a page that started", () => {
  it("is left alone and forgets earlier tries", async () => {
    if (!customElements.get("wz-app")) customElements.define("wz-app", class extends HTMLElement {});
    sessionStorage.setItem(TRIES, "3");
    start();
    tell("load");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(reload).not.toHaveBeenCalled();
    expect(sessionStorage.getItem(TRIES)).toBeNull();
  });

  it("is loaded again when a view does not come, later each time while views keep failing", async () => {
    for (const pause of [1_000, 3_000, 8_000]) {
      listeners = [];
      reload.mockClear();
      start();
      tell("load");
      tell("vite:preloadError");
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(reload).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(reload).toHaveBeenCalledOnce();
    }
  });

  it("is left to a person who is writing in it", async () => {
    start();
    tell("load");
    tell("input");
    tell("vite:preloadError");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reload).not.toHaveBeenCalled();
  });

  it("does not mind a picture or a script of somebody else's", async () => {
    start();
    tell("load");
    tell("error", part("img", {}));
    tell("error", { target: null });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reload).not.toHaveBeenCalled();
  });
});
