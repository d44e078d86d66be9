import type { Approval } from "../../contracts/rest";
import { language } from "../../state/preferences";

/** What exactly will happen, in the page's language where it is known in it. */
export function summaryOf(approval: Approval): string {
  return approval.summaries?.[language.value] || approval.summary;
}

/** Why a person is asked, in the page's language where it is known in it. */
export function whyOf(detail: Record<string, unknown>): readonly string[] {
  const why = byLanguage(detail["whys"]) ?? detail["why"];
  return Array.isArray(why) ? why.map((one) => (typeof one === "string" ? one : JSON.stringify(one))) : [];
}

function byLanguage(told: unknown): unknown {
  return told && typeof told === "object" ? (told as Record<string, unknown>)[language.value] : undefined;
}

/** What an automation does, in the page's language; empty where the approval is about something else. */
export function explanationOf(detail: Record<string, unknown>): string {
  const told = byLanguage(detail["explanations"]) ?? detail["explanation"];
  return typeof told === "string" ? told : "";
}
