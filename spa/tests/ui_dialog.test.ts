import { afterEach, describe, expect, it } from "vitest";
import { chooseDialog, confirmDialog } from "../src/ui/dialog";

const HOSTILE = "<img src=x onerror=alert(1)>\u202Egnp";

async function asked(): Promise<ShadowRoot> {
  const element = document.querySelector("wz-ask") as HTMLElement & { updateComplete: Promise<boolean> };
  await element.updateComplete;
  return element.shadowRoot as ShadowRoot;
}

afterEach(() => document.body.replaceChildren());

describe("a question in a dialog", () => {
  it("is yes when it is confirmed, and goes from the page", async () => {
    const answer = confirmDialog({ title: "Delete?", text: "It goes.", danger: true });
    const root = await asked();
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(await answer).toBe(true);
    expect(document.querySelector("wz-ask")).toBeNull();
  });

  it("is no when it is closed", async () => {
    const answer = confirmDialog({ title: "Delete?", text: "It goes." });
    const root = await asked();
    root.querySelector("wz-dialog")?.dispatchEvent(new Event("close"));
    expect(await answer).toBe(false);
  });

  it("is no when the person goes to another view, such as with the button Back", async () => {
    const answer = confirmDialog({ title: "Delete?", text: "It goes." });
    await asked();
    await Promise.resolve();
    window.dispatchEvent(new Event("hashchange"));
    expect(await answer).toBe(false);
  });

  it("waits for the word that has to be typed", async () => {
    let answered: boolean | null = null;
    const answer = confirmDialog({ title: "Delete?", text: "", typed: "lamp-watch" }).then((yes) => {
      answered = yes;
    });
    const root = await asked();
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await Promise.resolve();
    expect(answered).toBeNull();
    const input = root.querySelector("input") as HTMLInputElement;
    input.value = "lamp-watch";
    input.dispatchEvent(new Event("input"));
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await answer;
    expect(answered).toBe(true);
  });

  it("gives the choice", async () => {
    const choices = [
      { value: "", label: "main" },
      { value: "pi", label: "pi" },
    ];
    const answer = chooseDialog({ title: "Where?", text: "", choices });
    const root = await asked();
    const select = root.querySelector("select") as HTMLSelectElement;
    select.value = "pi";
    select.dispatchEvent(new Event("change"));
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(await answer).toBe("pi");
  });

  it("shows foreign text as text", async () => {
    void confirmDialog({ title: HOSTILE, text: HOSTILE });
    const root = await asked();
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector(".text")?.textContent).toBe(HOSTILE);
  });
});
