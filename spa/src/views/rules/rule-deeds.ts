import type { Rule } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { changeRule, deleteRule, makeRule } from "../../state/rules";
import { offer } from "../../ui/offer";
import { toast } from "../../ui/toast";
import { t } from "./texts";

/** Do something that may be refused; the reason is told, and false is the answer then. */
export async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
  try {
    await deed();
    return true;
  } catch (error) {
    toast(sentenceOf(error), "bad");
    return false;
  }
}

/** What a rule is called on the page. */
export function titleOf(rule: Rule): string {
  return rule.summary || rule.task;
}

/** Hold a rule or let it go on, with a way back. */
export async function toggle(rule: Rule): Promise<void> {
  const isPaused = rule.status === "paused";
  const done = await attempt(() => changeRule(rule.rule_id, isPaused ? "resume" : "pause"));
  if (!done) return;
  const words = t(isPaused ? "didResume" : "didPause", { name: titleOf(rule) });
  offer(words, t("undo"), () => void attempt(() => changeRule(rule.rule_id, isPaused ? "pause" : "resume")));
}

/** Say yes to a rule that waits. */
export async function approve(rule: Rule): Promise<void> {
  await attempt(async () => {
    toast((await changeRule(rule.rule_id, "approve")).text, "good");
  });
}

/** Ask for a standing yes to what a rule opens. */
export async function askGrant(rule: Rule): Promise<void> {
  await attempt(async () => {
    const result = await changeRule(rule.rule_id, "grant");
    toast(result.approval_id ? t("grantAsked") : result.text, "info");
  });
}

/** Remove a rule, with a way back: it is made again as it was. */
export async function remove(rule: Rule): Promise<boolean> {
  const done = await attempt(() => deleteRule(rule.rule_id));
  if (done) offer(t("deleted", { name: titleOf(rule) }), t("undo"), () => void attempt(() => restore(rule)));
  return done;
}

async function restore(rule: Rule): Promise<void> {
  const { rule: made } = await makeRule(rule.task, rule.draft);
  if (rule.status === "paused" && made.status === "active") await changeRule(made.rule_id, "pause");
}
