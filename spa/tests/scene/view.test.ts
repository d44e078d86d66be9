import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { agents } from "../../src/state/agents";
import { tell } from "../../src/state/flows";
import { house } from "../../src/state/house";
import { language, motion } from "../../src/state/preferences";
import { chosenTheme, themeFor } from "../../src/views/scene/choices";
import type { SceneView } from "../../src/views/scene/scene-view";
import "../../src/views/scene/scene-view";
import { sentence } from "../../src/views/scene/sentences";
import { agent } from "./sample";

const HOSTILE = '<img src=x onerror="alert(1)">‮gnp.exe';
const now = (): number => Date.now() / 1000;

let view: SceneView;

/** The rendered parts of an element and of the elements in it. */
function inside(root: ParentNode, selector: string): Element[] {
  const here = [...root.querySelectorAll(selector)];
  const deeper = [...root.querySelectorAll("*")].flatMap((one) =>
    one.shadowRoot ? inside(one.shadowRoot, selector) : [],
  );
  return [...here, ...deeper];
}

async function shown(): Promise<ShadowRoot> {
  for (let turn = 0; turn < 4; turn += 1) {
    view.requestUpdate();
    await view.updateComplete;
    await new Promise((resume) => setTimeout(resume, 5));
  }
  return view.shadowRoot as ShadowRoot;
}

beforeEach(() => {
  language.set("en");
  agents.replace([
    ["1", agent("main", { id: "1", last_seen: now(), task: "Reads the news" })],
    ["2", agent(HOSTILE, { id: "2", last_seen: now(), description: "x".repeat(2 ** 20) })],
    ["3", agent(`huge-${"y".repeat(2 ** 20)}`, { id: "3", last_seen: now(), state: "failed" })],
  ]);
  view = document.createElement("wz-scene-view") as SceneView;
  document.body.append(view);
});

afterEach(() => {
  view.remove();
  chosenTheme.set("auto");
  house.set(null);
});

describe("the scene without WebGL", () => {
  it("is a list that says so, with every agent", async () => {
    const root = await shown();
    expect(inside(root, "wz-flat-scene")).toHaveLength(1);
    expect(inside(root, ".notices")[0]?.textContent).toContain("cannot draw");
    expect(inside(root, "tbody tr")).toHaveLength(3);
    expect(
      inside(root, "tbody tr")
        .map((row) => row.textContent)
        .join(),
    ).toContain("Reads the news");
  });

  it("stands still when less motion was chosen in the settings", async () => {
    chosenTheme.set("cards");
    expect((inside(await shown(), "wz-card-wall")[0] as unknown as { still: boolean }).still).toBe(false);
    motion.set("less");
    expect((inside(await shown(), "wz-card-wall")[0] as unknown as { still: boolean }).still).toBe(true);
    motion.set("system");
  });

  it("shows hostile names as text, cut, and without marks that turn text around", async () => {
    for (const theme of ["flat", "cards"] as const) {
      chosenTheme.set(theme);
      const root = await shown();
      expect(inside(root, "img")).toEqual([]);
      const text = inside(root, "tbody tr, li")
        .map((row) => row.textContent)
        .join("\n");
      expect(text).toContain("<img src=x");
      expect(text).not.toContain("‮");
      expect(text.length).toBeLessThan(4_000);
    }
  });

  it("opens what is known of an agent: state, task, last messages, and the way to all of it", async () => {
    tell("task", "agent:planner", "agent:main", "agents/by-name/main/task");
    await shown();
    (inside(view.shadowRoot as ShadowRoot, "tbody button")[1] as HTMLElement).click();
    const root = await shown();
    const panel = inside(root, "wz-scene-inspector")[0]?.shadowRoot as ShadowRoot;
    expect(panel.querySelector("h2")?.textContent).toContain("huge-");
    (inside(root, "tbody button")[2] as HTMLElement).click();
    await shown();
    expect(panel.querySelector("h2")?.textContent).toBe("main");
    expect(panel.textContent).toContain("from planner");
    expect(panel.querySelector("a")?.getAttribute("href")).toBe("#/agents/main");
  });

  it("finds agents, counts them, and speaks German", async () => {
    await shown();
    const input = inside(view.shadowRoot as ShadowRoot, "input")[0] as HTMLInputElement;
    input.value = "MAIN";
    input.dispatchEvent(new Event("input"));
    language.set("de");
    const root = await shown();
    expect(inside(root, "tbody tr")).toHaveLength(1);
    expect(inside(root, ".search")[0]?.textContent).toContain("1 gefunden");
    expect(inside(root, ".counts")[0]?.textContent).toContain("3 Agenten");
  });
});

it("chooses the way to show things by what the browser can do", () => {
  expect(themeFor("auto", false)).toBe("flat");
  expect(themeFor("space", false)).toBe("flat");
  expect(themeFor("cards", false)).toBe("cards");
  expect(themeFor("graph", true)).toBe("graph");
});

it("says what happened in sentences, with names of devices", () => {
  const base = { id: 1, what: "", count: 1, at: 0, whom: "" };
  const name = (id: string): string => (id === "light.kitchen" ? "Kitchen light" : id);
  expect(sentence({ ...base, kind: "task", who: "agent:planner", whom: "agent:main", count: 3 }, name)).toBe(
    "planner → main: task ×3",
  );
  expect(sentence({ ...base, kind: "turned", who: "Kitchen light", whom: "light", what: "on" }, name)).toBe(
    "Kitchen light turned on",
  );
  expect(
    sentence({ ...base, kind: "actuation", who: "agent:home-assistant-actuator", whom: "device:light.kitchen" }, name),
  ).toBe("home-assistant-actuator switches Kitchen light");
  language.set("de");
  expect(sentence({ ...base, kind: "state", who: "agent:main", what: "died" }, name)).toBe("main ist abgestürzt");
  expect(
    sentence({ ...base, kind: "alert", who: `agent:${HOSTILE}`, what: "x".repeat(2 ** 20) }, name).length,
  ).toBeLessThan(200);
});
