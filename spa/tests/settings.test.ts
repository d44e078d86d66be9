import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { language, theme } from "../src/state/preferences";
import { session } from "../src/state/session";
import "../src/views/settings/settings-view";
import { browserName } from "../src/views/settings/browsers";
import { policyOf } from "../src/views/settings/policies";
import "../src/views/settings/appearance";
import "../src/views/settings/notices";
import "../src/views/settings/people";
import "../src/views/settings/tokens";
import { gateway, type Seen, sessionOf, settled, shown, textOf } from "./gateway_stub";

beforeEach(() => session.set(sessionOf("admin")));
afterEach(() => {
  document.body.replaceChildren();
  language.set("en");
  theme.set("system");
  vi.unstubAllGlobals();
});

function all<E extends Element>(host: HTMLElement, selector: string): E[] {
  return [...(host.shadowRoot?.querySelectorAll<E>(selector) ?? [])];
}

describe("the sections", () => {
  it.each([
    ["viewer", ["Memory", "People", "Backup", "Notices"], ["My account", "Audit of the house"]],
    ["user", ["People", "Backup", "Changes"], ["Memory", "API tokens"]],
    ["owner", [], ["People", "The house", "Backup"]],
  ] as const)("of a %s are those that the role may see", async (role, hidden, visible) => {
    gateway({});
    session.set(sessionOf(role));
    const view = await shown("wz-settings-view");
    const names = all(view, "nav a").map((link) => link.textContent?.trim());
    for (const name of visible) expect(names).toContain(name);
    for (const name of hidden) expect(names).not.toContain(name);
  });
});

describe("appearance", () => {
  it("changes theme and language at once", async () => {
    const section = await shown("wz-appearance");
    all<HTMLButtonElement>(section, ".choice")
      .find((button) => button.textContent === "Deutsch")
      ?.click();
    await settled();
    expect(textOf(section)).toContain("Sprache");
    all<HTMLButtonElement>(section, ".choice")
      .find((button) => button.textContent === "Dunkel")
      ?.click();
    expect(theme.value).toBe("dark");
  });
});

describe("tokens", () => {
  it("are shown once, right after they are made", async () => {
    const seen: Seen[] = gateway({
      "POST /api/tokens": {
        id: "1",
        label: "lamp",
        person: "ann",
        scopes: ["read"],
        prefix: "wz_1",
        token: "wz_1secret",
      },
    });
    const section = await shown("wz-tokens");
    const form = all<HTMLFormElement>(section, "form")[0] as HTMLFormElement;
    (form.elements.namedItem("label") as HTMLInputElement).value = "lamp";
    (form.elements.namedItem("days") as HTMLSelectElement).value = "90";
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    await settled();
    expect(seen.find((one) => one.route === "POST /api/tokens")?.body).toEqual({
      label: "lamp",
      scopes: ["read"],
      expires_in_s: 7_776_000,
    });
    expect(textOf(section)).toContain("wz_1secret");
    section.remove();
    expect(textOf(await shown("wz-tokens"))).not.toContain("wz_1secret");
  });
});

describe("people", () => {
  it("cannot be changed where they are the owner or oneself; names stay text", async () => {
    const person = (name: string, role: string): object => ({
      name,
      role,
      created_at: 1,
      last_seen: null,
      disabled: false,
    });
    gateway({ "GET /api/people": [person("olga", "owner"), person("ann", "admin"), person("<b>ben</b>", "user")] });
    const section = await shown("wz-people");
    expect(all(section, ".rowline select").length).toBe(1);
    expect(textOf(section)).toContain("<b>ben</b>");
  });
});

describe("notices", () => {
  it("go to places whose addresses are never shown", async () => {
    const place = { name: "phone", service: "discord", hint: "discord.com …1234", usual: true };
    const seen: Seen[] = gateway({ "GET /api/webhooks": [place] });
    const section = await shown("wz-notices");
    expect(textOf(section)).toContain("phone usual place discord · discord.com …1234");
    const form = all<HTMLFormElement>(section, "form")[0] as HTMLFormElement;
    (form.elements.namedItem("url") as HTMLInputElement).value = "ntfy://topic";
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    await settled();
    expect(seen.find((one) => one.route === "POST /api/webhooks")?.body).toEqual({ url: "ntfy://topic", name: "" });
    expect((form.elements.namedItem("url") as HTMLInputElement).value).toBe("");
  });
});

describe("policies", () => {
  it("say only what was filled in", () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ risk: "C", from: "22:00", to: "07:00", persons: " ann, , ben " })) {
      form.set(name, value);
    }
    expect(policyOf(form)).toEqual({ risk: "C", quiet_hours: "22:00-07:00", persons: ["ann", "ben"], pin: false });
    form.set("pin", "on");
    form.set("new_pin", "2468");
    form.set("to", "");
    form.set("risk", "");
    expect(policyOf(form)).toEqual({
      risk: null,
      quiet_hours: "",
      persons: ["ann", "ben"],
      pin: true,
      new_pin: "2468",
    });
  });
});

describe("browsers", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36", "Chrome, Linux"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari, iPhone"],
    ["Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/150.0", "Firefox, Windows"],
    ["curl/8", "curl/8"],
  ])("%s is %s", (agent, name) => expect(browserName(agent)).toBe(name));
});
