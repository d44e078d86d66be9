/** What a piece of code is, for its color; empty for plain. */
export type TokenKind = "" | "comment" | "string" | "keyword" | "number" | "name";
/** A piece of a line. */
export type Token = readonly [kind: TokenKind, text: string];

const KEYWORDS = new Set(
  "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return True try while with yield".split(
    " ",
  ),
);
const PIECE =
  /(#.*)|([rbuf]{0,2}(?:"""|'''))|([rbuf]{0,2}"(?:\\.|[^"\\])*"?|[rbuf]{0,2}'(?:\\.|[^'\\])*'?)|(\b\d[\d_.xa-fA-FeE]*\b)|([\p{L}_][\p{L}\p{N}_]*)|(\s+|.)/giuy;
const LONGEST_LINE = 2_000;

/** The lines of Python code, each cut into pieces that have a color. */
export function tokensOf(code: string): Token[][] {
  let open = "";
  return code.split("\n").map((line) => {
    const [tokens, still] = tokensOfLine(line, open);
    open = still;
    return tokens;
  });
}

/** The pieces of a line, and the quotes of a long string that is still open after it. */
function tokensOfLine(line: string, open: string): [Token[], string] {
  if (line.length > LONGEST_LINE) return [[["", line]], open];
  const tokens: Token[] = [];
  let at = 0;
  let quotes = open;
  let before = "";
  while (at < line.length) {
    if (quotes) {
      const end = line.indexOf(quotes, at);
      const stop = end < 0 ? line.length : end + quotes.length;
      push(tokens, "string", line.slice(at, stop));
      quotes = end < 0 ? quotes : "";
      at = stop;
      continue;
    }
    PIECE.lastIndex = at;
    const found = PIECE.exec(line);
    if (!found) return [[...tokens, ["", line.slice(at)]], ""];
    at += found[0].length;
    if (found[2]) {
      quotes = found[2].slice(-3);
      push(tokens, "string", found[0]);
      continue;
    }
    push(tokens, kindOf(found, before), found[0]);
    if (found[5]) before = found[0];
  }
  return [tokens, quotes];
}

function kindOf(found: RegExpExecArray, before: string): TokenKind {
  if (found[1]) return "comment";
  if (found[3]) return "string";
  if (found[4]) return "number";
  if (!found[5]) return "";
  if (KEYWORDS.has(found[5])) return "keyword";
  return before === "def" || before === "class" ? "name" : "";
}

function push(tokens: Token[], kind: TokenKind, text: string): void {
  const last = tokens.at(-1);
  if (last && last[0] === kind) tokens[tokens.length - 1] = [kind, last[1] + text];
  else tokens.push([kind, text]);
}
