import { html, render } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { expect, it } from "vitest";

it("leaves nothing behind of items that a list removes", () => {
  const host = document.createElement("div");
  const draw = (keys: number[]): unknown =>
    render(
      html`${repeat(
        keys,
        (key) => key,
        (key) => html`<i>${key}</i>`,
      )}`,
      host,
    );
  draw([1, 2, 3]);
  const before = host.childNodes.length;
  for (let turn = 0; turn < 50; turn += 1) draw([turn + 2, turn + 3, turn + 4]);
  expect(host.childNodes.length).toBe(before);
});
