import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { serviceWorker } from "../scripts/precache";

const HOST = "http://house.local";
const SHELL = ["/", "/assets/index-abc.js"];
const TEMPLATE = readFileSync(join(__dirname, "../scripts/service-worker.js"), "utf8");

type Listener = (event: object) => void;

/** The service worker in a browser of which only caches and the network are there. */
class Browser {
  readonly caches = new Map<string, Map<string, Response>>();
  readonly skipped = vi.fn();
  online = true;
  private readonly listeners = new Map<string, Listener>();

  constructor(version: string) {
    const cacheOf = (name: string): object => {
      const entries = this.caches.get(name) ?? new Map<string, Response>();
      this.caches.set(name, entries);
      const path = (key: Request | string): string => new URL(typeof key === "string" ? key : key.url, HOST).pathname;
      return {
        addAll: (all: Request[]) => {
          for (const one of all) entries.set(path(one), new Response(`kept ${path(one)}`));
        },
        put: (key: Request, response: Response) => void entries.set(path(key), response),
        match: (key: Request | string) => entries.get(path(key))?.clone(),
      };
    };
    const storage = {
      open: (name: string) => Promise.resolve(cacheOf(name)),
      keys: () => Promise.resolve([...this.caches.keys()]),
      delete: (name: string) => Promise.resolve(this.caches.delete(name)),
      match: async (key: Request) => {
        for (const name of this.caches.keys()) {
          const found = (cacheOf(name) as { match(key: Request): Response | undefined }).match(key);
          if (found) return found;
        }
        return undefined;
      },
    };
    const self = {
      addEventListener: (type: string, listener: Listener) => this.listeners.set(type, listener),
      clients: { claim: () => Promise.resolve() },
      location: { origin: HOST },
      skipWaiting: this.skipped,
    };
    const fetched = (request: Request): Promise<Response> => {
      if (!this.online) return Promise.reject(new TypeError("offline"));
      const response = new Response(`fresh ${new URL(request.url).pathname}`);
      Object.defineProperty(response, "type", { value: "basic" });
      return Promise.resolve(response);
    };
    class Local extends Request {
      constructor(path: string) {
        super(new URL(path, HOST));
      }
    }
    const source = serviceWorker(TEMPLATE, version, SHELL);
    new Function("self", "caches", "fetch", "Request", source)(self, storage, fetched, Local);
  }

  async tell(type: string, more: object = {}): Promise<void> {
    let waits: Promise<unknown> = Promise.resolve();
    const waitUntil = (promise: Promise<unknown>): void => {
      waits = promise;
    };
    this.listeners.get(type)?.({ ...more, waitUntil });
    await waits;
  }

  /** What a request is answered with; null when the worker leaves it to the browser. */
  async get(path: string, mode = "cors", method = "GET"): Promise<string | null> {
    let answer: Promise<Response> | null = null;
    const respondWith = (promise: Promise<Response>): void => {
      answer = promise;
    };
    const waits: Promise<unknown>[] = [];
    const waitUntil = (promise: Promise<unknown>): void => void waits.push(promise);
    const request = { url: new URL(path, HOST).href, mode, method };
    this.listeners.get("fetch")?.({ request, respondWith, waitUntil });
    if (!answer) return null;
    const text = await ((await answer) as Response).text();
    await Promise.all(waits);
    return text;
  }
}

async function installed(version = "1"): Promise<Browser> {
  const browser = new Browser(version);
  await browser.tell("install");
  await browser.tell("activate");
  return browser;
}

describe("the service worker", () => {
  it.each([
    ["/api/rules", "cors", "GET"],
    ["/api/session", "cors", "GET"],
    ["/", "navigate", "POST"],
    ["/plain", "navigate", "GET"],
    ["/api/docs", "navigate", "GET"],
    ["http://elsewhere.example/assets/x.js", "cors", "GET"],
  ])("leaves %s (%s, %s) to the network", async (path, mode, method) => {
    const browser = await installed();
    expect(await browser.get(path, mode, method)).toBeNull();
    expect([...(browser.caches.get("wactorz-1")?.keys() ?? [])]).toEqual(SHELL);
  });

  it("shows the page of the gateway, and the kept one without a connection", async () => {
    const browser = await installed();
    expect(await browser.get("/", "navigate")).toBe("fresh /");
    browser.online = false;
    expect(await browser.get("/", "navigate")).toBe("kept /");
    expect(await browser.get("/assets/index-abc.js")).toBe("kept /assets/index-abc.js");
  });

  it("keeps parts once they were fetched", async () => {
    const browser = await installed();
    expect(await browser.get("/assets/scene-xyz.js")).toBe("fresh /assets/scene-xyz.js");
    browser.online = false;
    expect(await browser.get("/assets/scene-xyz.js")).toBe("fresh /assets/scene-xyz.js");
  });

  it("forgets older versions when it takes over, and nothing of others", async () => {
    const browser = new Browser("2");
    browser.caches.set("wactorz-1", new Map());
    browser.caches.set("another", new Map());
    await browser.tell("install");
    expect(browser.skipped).not.toHaveBeenCalled();
    await browser.tell("message", { data: { type: "take-over" } });
    expect(browser.skipped).toHaveBeenCalled();
    await browser.tell("activate");
    expect([...browser.caches.keys()].sort()).toEqual(["another", "wactorz-2"]);
  });

  it("knows the pages that came with it", async () => {
    const browser = await installed();
    const port = { postMessage: vi.fn() };
    await browser.tell("message", { data: { type: "is-yours", path: "/assets/index-abc.js" }, ports: [port] });
    await browser.tell("message", { data: { type: "is-yours", path: "/assets/index-old.js" }, ports: [port] });
    expect(port.postMessage.mock.calls).toEqual([[true], [false]]);
  });
});

describe("the manifest", () => {
  const folder = join(__dirname, "../public");
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.webmanifest"), "utf8")) as {
    icons: { src: string; sizes: string; purpose: string }[];
  };

  it("names icons that are there, in the sizes that it says, and small", () => {
    for (const { src, sizes } of manifest.icons.filter((icon) => icon.src.endsWith(".png"))) {
      const png = readFileSync(join(folder, src));
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
      expect(statSync(join(folder, src)).size).toBeLessThan(25_000);
    }
    expect(new Set(manifest.icons.map((icon) => icon.purpose))).toEqual(new Set(["any", "maskable"]));
  });
});
