import createDOMPurify, { type Config } from "dompurify";
import { Marked, type Tokens } from "marked";

const TAGS = "p br hr strong em del code pre blockquote ul ol li h3 h4 h5 table thead tbody tr th td a #text".split(
  " ",
);
const SAFE_LINK = /^(?:https?:\/\/|#)/i;
const PURE: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ["href", "start"],
  ALLOWED_URI_REGEXP: SAFE_LINK,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};
const SMALLEST_HEADING = 5;
const HEADING_SHIFT = 2;

const marked = new Marked({ gfm: true, breaks: true });
marked.use({
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag): string => escaped(text),
    image: ({ text, href }: Tokens.Image): string => escaped(text || href),
    heading(token: Tokens.Heading): string {
      const level = Math.min(SMALLEST_HEADING, token.depth + HEADING_SHIFT);
      return `<h${level}>${this.parser.parseInline(token.tokens)}</h${level}>`;
    },
    checkbox: ({ checked }: Tokens.Checkbox): string => (checked ? "☑ " : "☐ "),
  },
});

/** Markdown as nodes of the page: a few harmless elements, markup from outside as text, no image, no script. */
export function renderMarkdown(text: string, copyLabel: string): DocumentFragment {
  const purify = createDOMPurify(window);
  const fragment = purify.sanitize(marked.parse(text, { async: false }), PURE);
  for (const link of fragment.querySelectorAll("a")) open(link);
  for (const block of fragment.querySelectorAll("pre")) wrapped(block, "code", copyButton(copyLabel));
  for (const table of fragment.querySelectorAll("table")) wrapped(table, "table");
  return fragment;
}

function open(link: HTMLAnchorElement): void {
  const address = link.getAttribute("href") ?? "";
  if (!SAFE_LINK.test(address)) {
    link.replaceWith(...link.childNodes);
  } else if (!address.startsWith("#")) {
    link.setAttribute("target", "_blank");
    link.setAttribute("rel", "noopener noreferrer");
  }
}

function wrapped(inner: Element, className: string, ...more: Element[]): void {
  const around = document.createElement("div");
  around.className = className;
  inner.replaceWith(around);
  around.append(inner, ...more);
  if (className === "code") inner.setAttribute("tabindex", "0");
}

function copyButton(label: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  return button;
}

function escaped(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
