import type { RuleDraft } from "../../contracts/rest";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const WEEK = 7;

/** When the clock lets a rule act next (epoch seconds); null where no clock tells. */
export function nextTime(draft: RuleDraft, lastFired: number | null, now: number): number | null {
  const { trigger } = draft;
  if (trigger.kind === "interval") return lastFired === null ? null : Math.max(now, lastFired + trigger.seconds);
  if (trigger.kind !== "time") return null;
  const [hour = 0, minute = 0, second = 0] = trigger.at.split(":").map(Number);
  for (let ahead = 0; ahead <= WEEK; ahead += 1) {
    const at = new Date(now * 1000);
    at.setDate(at.getDate() + ahead);
    at.setHours(hour, minute, second, 0);
    const day = DAYS[at.getDay()] as (typeof DAYS)[number];
    const isWanted = !trigger.weekdays?.length || trigger.weekdays.includes(day);
    if (isWanted && at.getTime() / 1000 > now) return at.getTime() / 1000;
  }
  return null;
}
