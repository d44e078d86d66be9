import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agents, manifests } from "../src/state/agents";
import { session } from "../src/state/session";
import "../src/views/agents/agent-detail";
import "../src/views/agents/agent-list";
import "../src/views/agents/agent-manifest";
import "../src/views/agents/agent-logs";

const HOSTILE = "<img src=x onerror=alert(1)>";
const AGENT = {
  id: "1-x",
  name: `${HOSTILE}\u202e`,
  state: "running",
  protected: false,
  essential: false,
  agentType: "dynamic",
  description: `${HOSTILE}${"d".repeat(1_000_000)}`,
  node: "",
  last_seen: Date.now() / 1000,
  spawned: {
    type: "dynamic",
    wanted: "running",
    actual: "running",
    problem: "",
    code_sha256: "",
    created_at: 1,
    updated_at: 1,
  },
};
const PERSON = {
  person: "ann",
  csrf: "",
  has_owner: true,
  setup_needed: false,
  login_needed: false,
  version: "",
  expires_at: null,
};

type Shown = HTMLElement & { updateComplete: Promise<boolean>; shadowRoot: ShadowRoot };

function show(tag: string, properties: object): Shown {
  const element = Object.assign(document.createElement(tag), properties) as Shown;
  document.body.append(element);
  return element;
}

beforeEach(() => {
  agents.replace([[AGENT.id, AGENT]]);
  session.set({ ...PERSON, role: "admin" });
  const ANSWERS: Record<string, unknown> = {
    "/manifest": {
      name: "x",
      actor_id: "1-x",
      description: "",
      timestamp: 1,
      capabilities: [HOSTILE],
      observed_samples: { "custom/x": { fields: {} } },
    },
    "/api/topics": { topics: [{ topic: "custom/x", sample: { token: "[token]" } }], total: 1 },
    "/logs": {
      agent: "x",
      entries: [{ timestamp: 1, kind: "log", level: "info", message: HOSTILE + "y".repeat(1_000_000) }],
    },
  };
  vi.stubGlobal("fetch", (address: string) => {
    const key = Object.keys(ANSWERS).find((part) => address.includes(part)) ?? "";
    const body = JSON.stringify(ANSWERS[key] ?? []);
    return Promise.resolve(new Response(body, { headers: { "content-type": "application/json" } }));
  });
});
afterEach(() => {
  document.body.replaceChildren();
  manifests.replace([]);
  vi.unstubAllGlobals();
});

describe("an agent's page", () => {
  it("shows hostile names as text, and offers what applies", async () => {
    const view = show("wz-agent-detail", { name: AGENT.name });
    await view.updateComplete;
    expect(view.shadowRoot.querySelector("img")).toBeNull();
    expect(view.shadowRoot.querySelector(".name")?.textContent).toBe(`${HOSTILE}\ufffd`);
    expect(view.shadowRoot.querySelector(".about")?.textContent?.length).toBe(2_000);
    const controls = view.shadowRoot.querySelector("wz-agent-controls") as Shown;
    await controls.updateComplete;
    expect([...controls.shadowRoot.querySelectorAll("button, a")].map((one) => one.textContent?.trim())).toEqual([
      "Pause",
      "Restart",
      "Stop",
      "Move",
      "Edit",
      "Delete",
    ]);
  });

  it("offers nothing to those who only look, and says why", async () => {
    session.set({ ...PERSON, role: "viewer" });
    const controls = show("wz-agent-controls", { agent: AGENT });
    await controls.updateComplete;
    expect(controls.shadowRoot.querySelector("button")).toBeNull();
    expect(controls.shadowRoot.textContent).toContain("Only admins");
  });

  it("explains what cannot be done with an essential one", async () => {
    const controls = show("wz-agent-controls", {
      agent: { ...AGENT, spawned: null, essential: true, protected: true },
    });
    await controls.updateComplete;
    expect(controls.shadowRoot.querySelector("button")).toBeNull();
    expect(controls.shadowRoot.textContent).toContain("cannot be paused or stopped");
    expect(controls.shadowRoot.textContent).toContain("cannot be deleted");
  });

  it("says that an agent is not there", async () => {
    const view = show("wz-agent-detail", { name: "nobody" });
    await view.updateComplete;
    expect(view.shadowRoot.textContent).toContain("no agent called nobody");
  });
});

describe("the list", () => {
  it("draws a row for each, as text", async () => {
    const view = show("wz-agent-list", {});
    await view.updateComplete;
    expect(view.shadowRoot.querySelector("img")).toBeNull();
    expect(view.shadowRoot.querySelector(".who a")?.textContent).toBe(`${HOSTILE}\ufffd`);
    expect(view.shadowRoot.querySelector(".who a")?.getAttribute("href")).toBe(
      `#/agents/${encodeURIComponent(AGENT.name)}`,
    );
  });
});

describe("abilities", () => {
  it("are fetched where the bus did not tell them, with samples whose secrets are covered", async () => {
    const view = show("wz-agent-manifest", { agentId: "1-x" });
    await vi.waitUntil(() => view.shadowRoot.querySelector("pre"));
    expect(view.shadowRoot.querySelector(".badge")?.textContent).toBe(HOSTILE);
    expect(view.shadowRoot.querySelector("pre")?.textContent).toContain("[token]");
    expect(view.shadowRoot.querySelector("img")).toBeNull();
  });
});

describe("the log", () => {
  it("shows a line of a megabyte in short, as text", async () => {
    const view = show("wz-agent-logs", { name: "x", agentId: "1-x" });
    await vi.waitUntil(() => view.shadowRoot.querySelector(".line"));
    expect(view.shadowRoot.querySelector("img")).toBeNull();
    const text = (): string => view.shadowRoot.querySelector(".line .text")?.textContent ?? "";
    expect(text().length).toBeLessThan(700);
    (view.shadowRoot.querySelector(".whole") as HTMLButtonElement).click();
    await view.updateComplete;
    expect(text()).toContain("996,028 more characters");
  });
});
