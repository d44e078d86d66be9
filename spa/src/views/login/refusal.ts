import { GatewayError, sentenceOf } from "../../gateway/errors";
import { t } from "./texts";

const WRONG = 401;
const FORBIDDEN = 403;
const LOCKED = 429;
const SHORTEST = 8;

/** Why the door stayed shut, in the person's language, and for how many seconds. */
export interface Refusal {
  sentence: string;
  seconds: number;
}

/** What a refusal of the gateway means to whoever stands before the door. */
export function refusalOf(error: unknown): Refusal {
  const status = error instanceof GatewayError ? error.status : 0;
  if (status === WRONG) return { sentence: t("wrong"), seconds: 0 };
  if (status === FORBIDDEN) return { sentence: t("wrongCode"), seconds: 0 };
  if (status !== LOCKED) return { sentence: sentenceOf(error), seconds: 0 };
  return { sentence: "", seconds: Number(/(\d+) s/.exec(sentenceOf(error))?.[1] ?? 60) };
}

/** What is wrong with a new password; empty when nothing is. */
export function passwordProblem(password: string, again: string): string {
  if (password.length < SHORTEST) return t("short");
  return password === again ? "" : t("differ");
}
