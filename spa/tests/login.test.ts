import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GatewayError, sentenceOf } from "../src/gateway/errors";
import { call } from "../src/gateway/rest";
import { session } from "../src/state/session";
import "../src/views/login/login-view";
import { passwordProblem, refusalOf } from "../src/views/login/refusal";
import { gateway, type Seen, sessionOf, settled, shown, textOf } from "./gateway_stub";

beforeEach(() => session.set(sessionOf("", { person: "", login_needed: true })));
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function enter(view: HTMLElement, name: string, password: string): Promise<void> {
  const root = view.shadowRoot as ShadowRoot;
  (root.querySelector("input[name=username]") as HTMLInputElement).value = name;
  const field = root.querySelector("wz-password-field input") as HTMLInputElement;
  field.value = password;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  await settled();
}

describe("the way in", () => {
  it("is a form that password managers know", async () => {
    const view = await shown("wz-login-view");
    const fields = [...(view.shadowRoot?.querySelectorAll("form input") ?? [])];
    expect(fields.map((field) => field.getAttribute("autocomplete"))).toEqual(["username", "current-password"]);
  });

  it("logs in, and takes the session with its token for writes", async () => {
    const seen: Seen[] = gateway({ "POST /api/login": sessionOf("user") });
    const view = await shown("wz-login-view");
    await enter(view, " ann ", "kitchen lamp 7");
    expect(seen[0]?.body).toEqual({ name: "ann", password: "kitchen lamp 7" });
    expect(session.value?.role).toBe("user");
  });

  it("says what was wrong, and how long to wait", async () => {
    gateway({ "POST /api/login": [401, { detail: "The name or the password is wrong" }] });
    const view = await shown("wz-login-view");
    await enter(view, "ann", "no");
    expect(textOf(view)).toContain("The name or the password is wrong.");
    gateway({ "POST /api/login": [429, { detail: "Too many wrong tries: wait 42 s" }] });
    await enter(view, "ann", "no");
    expect(textOf(view)).toContain("Wait 42 s.");
    expect(view.shadowRoot?.querySelector("button.primary")?.hasAttribute("disabled")).toBe(true);
  });

  it("asks for the code while there is no owner", async () => {
    session.set(sessionOf("", { person: "", login_needed: true, setup_needed: true, has_owner: false }));
    const view = await shown("wz-login-view");
    expect(textOf(view)).toContain("The server printed a code");
    expect(view.shadowRoot?.querySelector("wz-setup-form")).not.toBeNull();
  });
});

describe("a session that ends while the page is open", () => {
  it("keeps the role, so that what was typed stays, and asks for a login", async () => {
    session.set(sessionOf("user"));
    gateway({ "GET /api/rules": [401, { detail: "Log in first" }] });
    const error = await call("GET /api/rules").catch((problem: unknown) => problem);
    expect(session.value).toMatchObject({ role: "user", login_needed: true });
    expect(sentenceOf(error)).toBe("");
  });
});

describe("words at the door", () => {
  it.each([
    [401, "The name or the password is wrong.", 0],
    [403, expect.stringContaining("secrets/setup-code"), 0],
    [429, "", 60],
  ])("for %d", (status, sentence, seconds) => {
    expect(refusalOf(new GatewayError(status, "no"))).toEqual({ sentence, seconds });
  });

  it("for a new password", () => {
    expect(passwordProblem("short", "short")).toBe("A password has at least 8 characters.");
    expect(passwordProblem("long enough", "long enuogh")).toBe("The two passwords differ.");
    expect(passwordProblem("long enough", "long enough")).toBe("");
  });
});
