import { Marked, type MarkedToken, type Token, type Tokens } from "marked";

const SAFE_LINK = /^(?:https?:\/\/|#)/i;
const SMALLEST_HEADING = 5;
const HEADING_SHIFT = 2;
const DEEPEST = 24;
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

const marked = new Marked({ gfm: true, breaks: true });

/** Markdown as nodes of the page: made one by one, so that markup, scripts and images of others stay text. */
export function renderMarkdown(text: string, copyLabel: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(...new Writer(copyLabel).blocks(read(text)));
  return fragment;
}

// What is nested some thousand times overflows the reader; then it is text like any other.
function read(text: string): readonly Token[] {
  try {
    return marked.lexer(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ type: "html", raw: text, text, block: true, pre: false } satisfies Tokens.HTML];
  }
}

class Writer {
  private depth = 0;

  constructor(private readonly copyLabel: string) {}

  blocks(tokens: readonly Token[]): Node[] {
    return this.deeper(tokens, () => tokens.flatMap((token) => this.block(token as MarkedToken)));
  }

  private block(token: MarkedToken): Node[] {
    switch (token.type) {
      case "space":
      case "def":
        return [];
      case "heading":
        return [make(`h${Math.min(SMALLEST_HEADING, token.depth + HEADING_SHIFT)}`, this.inline(token.tokens))];
      case "paragraph":
        return [make("p", this.inline(token.tokens))];
      case "text":
        return token.tokens ? this.inline(token.tokens) : [plain(token.text)];
      case "code":
        return [this.code(token.text)];
      case "blockquote":
        return [make("blockquote", this.blocks(token.tokens))];
      case "list":
        return [this.list(token)];
      case "table":
        return [this.table(token)];
      case "hr":
        return [make("hr")];
      case "html":
        return token.raw.trim() ? [make("p", [document.createTextNode(token.raw.trim())])] : [];
      default:
        return this.inline([token]);
    }
  }

  private inline(tokens: readonly Token[]): Node[] {
    return this.deeper(tokens, () => tokens.flatMap((token) => this.word(token as MarkedToken)));
  }

  private word(token: MarkedToken): Node[] {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        return [make(token.type, this.inline(token.tokens))];
      case "codespan":
        return [make("code", [document.createTextNode(token.text)])];
      case "br":
        return [make("br")];
      case "link":
        return this.link(token);
      case "image":
        return [plain(token.text || token.href)];
      case "checkbox":
        return [plain(token.checked ? "☑ " : "☐ ")];
      case "text":
        return token.tokens ? this.inline(token.tokens) : [plain(token.text)];
      case "escape":
        return [plain(token.text)];
      default:
        return [document.createTextNode(token.raw)];
    }
  }

  private link({ href, tokens }: Tokens.Link): Node[] {
    const inner = this.inline(tokens);
    if (!SAFE_LINK.test(href)) return inner;
    const link = make("a", inner);
    link.setAttribute("href", href);
    if (!href.startsWith("#")) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer");
    }
    return [link];
  }

  private code(text: string): Node {
    const block = make("pre", [make("code", [document.createTextNode(text)])]);
    block.setAttribute("tabindex", "0");
    const button = make("button", [document.createTextNode(this.copyLabel)]);
    button.setAttribute("type", "button");
    return wrap("code", [block, button]);
  }

  private list(token: Tokens.List): Node {
    const list = make(
      token.ordered ? "ol" : "ul",
      token.items.map((item) => make("li", this.blocks(item.tokens))),
    );
    if (token.ordered && typeof token.start === "number" && token.start > 1) {
      list.setAttribute("start", String(token.start));
    }
    return list;
  }

  private table(token: Tokens.Table): Node {
    const row = (name: string, cells: readonly Tokens.TableCell[]): HTMLElement =>
      make(
        "tr",
        cells.map((cell) => make(name, this.inline(cell.tokens))),
      );
    const body = token.rows.map((cells) => row("td", cells));
    return wrap("table", [make("table", [make("thead", [row("th", token.header)]), make("tbody", body)])]);
  }

  // Very deep nesting is only ever made to make a reader stumble.
  private deeper(tokens: readonly Token[], write: () => Node[]): Node[] {
    if (this.depth >= DEEPEST) return [document.createTextNode(tokens.map((one) => one.raw).join(""))];
    this.depth += 1;
    const nodes = write();
    this.depth -= 1;
    return nodes;
  }
}

function make(name: string, children: readonly Node[] = []): HTMLElement {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}

function wrap(className: string, children: readonly Node[]): HTMLElement {
  const around = make("div", children);
  around.className = className;
  return around;
}

function plain(text: string): Text {
  const decoded = text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name) return NAMED[String(name).toLowerCase()] ?? whole;
    const point = decimal ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
  return document.createTextNode(decoded);
}
