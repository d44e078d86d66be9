import type { AuditEntry } from "../../contracts/rest";
import { t } from "./house-texts";

type Words = Record<string, Parameters<typeof t>[0]>;

const OUTCOMES: Words = {
  done: "outDone",
  failed: "outFailed",
  expired: "outExpired",
  unknown: "outUnknown",
  asked: "outWaiting",
};
const VERDICTS: Words = { opened: "outWaiting", approved: "saidYes", denied: "saidNo", expired: "outUnanswered" };
const ORIGINS: Words = { person: "ofPerson", rule: "ofRule", model: "ofModel", agent: "ofAgent" };

/** What came of it, as people say it; what the page does not know stays as it was written. */
export function resultOf(line: AuditEntry): string {
  const { outcome, verdict, calls } = line.detail ?? {};
  if (verdict) return worded(VERDICTS, String(verdict));
  const isAsked = Array.isArray(calls) && calls.some((one: { verdict?: unknown }) => one?.verdict === "waits");
  return isAsked ? t("outWaiting") : worded(OUTCOMES, String(outcome ?? ""));
}

/** Who did it: a person by name, else what kind of thing. */
export function whoOf(line: AuditEntry): string {
  return line.person || worded(ORIGINS, line.origin ?? "");
}

function worded(words: Words, word: string): string {
  const key = Object.hasOwn(words, word) ? words[word] : undefined;
  return key ? t(key) : word;
}
