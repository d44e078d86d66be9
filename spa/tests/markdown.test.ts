import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../src/ui/markdown-render";
import { payloads } from "./markdown_payloads";

const ALLOWED = new Set(
  "P BR HR STRONG EM DEL CODE PRE BLOCKQUOTE UL OL LI H3 H4 H5 TABLE THEAD TBODY TR TH TD A DIV BUTTON".split(" "),
);
const ATTRIBUTES = new Set(["href", "target", "rel", "class", "type", "tabindex", "start"]);

function shown(text: string): HTMLElement {
  const place = document.createElement("div");
  place.append(renderMarkdown(text, "Copy"));
  return place;
}

describe("markdown", () => {
  it("writes emphasis, lists, headings, tables and code", () => {
    const place = shown(
      "# Title\n\n**bold** and `code`\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n```js\nlet x = 1;\n```",
    );
    expect(place.querySelector("h3")?.textContent).toBe("Title");
    expect(place.querySelector("strong")?.textContent).toBe("bold");
    expect(place.querySelectorAll("li")).toHaveLength(2);
    expect(place.querySelectorAll(".table td")).toHaveLength(2);
    expect(place.querySelector(".code pre code")?.textContent).toBe("let x = 1;");
    expect(place.querySelector(".code button")?.textContent).toBe("Copy");
  });

  it("opens links elsewhere without telling them where from", () => {
    const link = shown("[docs](https://example.org/a)").querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://example.org/a");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer");
    expect(link?.getAttribute("target")).toBe("_blank");
    expect(shown("[rule](#/rules/ab)").querySelector("a")?.hasAttribute("target")).toBe(false);
  });

  it("shows markup and images of others as text", () => {
    expect(shown("<b>hello</b>").textContent).toContain("<b>hello</b>");
    expect(shown("![a cat](https://example.org/cat.png)").innerHTML).not.toContain("<img");
    expect(shown("![a cat](https://example.org/cat.png)").textContent).toContain("a cat");
  });

  it("reads entities as the signs they stand for, and lists with a task", () => {
    expect(shown("2 &lt; 3 &amp; **&quot;x&quot;** &#x41;").textContent).toBe('2 < 3 & "x" A');
    expect(shown("- [x] done\n- [ ] open").textContent).toMatch(/☑ done.*☐ open/s);
    expect(shown("3. three\n4. four").querySelector("ol")?.getAttribute("start")).toBe("3");
  });

  it("takes a text that is nested too deep as it is", () => {
    expect(shown(`${">".repeat(100)} x`).querySelectorAll("blockquote").length).toBeLessThan(30);
    expect(shown(`${">".repeat(6_000)} x`).textContent).toContain("> x");
  });

  it("knows at least 200 ways to try a script", () => {
    expect(new Set(payloads()).size).toBeGreaterThanOrEqual(200);
  });

  it.each(payloads().map((payload) => [payload]))("lets nothing through: %s", (payload) => {
    const place = shown(payload);
    for (const element of place.querySelectorAll("*")) {
      expect(ALLOWED).toContain(element.tagName);
      for (const { name, value } of element.attributes) {
        expect(ATTRIBUTES).toContain(name);
        if (name === "href") expect(value).toMatch(/^(https?:\/\/|#)/i);
        if (name === "class") expect(["code", "table"]).toContain(value);
      }
    }
  });
});
