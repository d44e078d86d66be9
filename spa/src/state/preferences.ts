import { Store } from "./store";

/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";
/** Languages that the page speaks. */
export type Language = "en" | "de";

const PREFIX = "wactorz.";

/** A setting of this browser, kept over reloads. */
export class Preference<T extends string> extends Store<T> {
  constructor(
    private readonly name: string,
    private readonly values: readonly T[],
    fallback: T,
  ) {
    super(kept(name, values) ?? fallback);
  }

  override set(next: T): void {
    if (!this.values.includes(next)) return;
    try {
      localStorage.setItem(PREFIX + this.name, next);
    } catch {
      // a browser that keeps nothing still shows the choice until it is closed
    }
    super.set(next);
  }
}

function kept<T extends string>(name: string, values: readonly T[]): T | null {
  try {
    const value = localStorage.getItem(PREFIX + name) as T | null;
    return value && values.includes(value) ? value : null;
  } catch {
    return null;
  }
}

/** Light or dark. */
export const theme = new Preference<Theme>("theme", ["system", "light", "dark"], "system");
/** The page's language: the browser's, unless chosen. */
export const language = new Preference<Language>(
  "language",
  ["en", "de"],
  navigator.language.startsWith("de") ? "de" : "en",
);
/** How live data shall come. */
export const carrier = new Preference<"mqtt" | "ws">("carrier", ["mqtt", "ws"], "mqtt");
/** Whether the chat lies beside the views on wide screens. */
export const dock = new Preference<"open" | "closed">("dock", ["open", "closed"], "open");
/** Whether the invitation to make an account was put away. */
export const invitation = new Preference<"open" | "away">("invitation", ["open", "away"], "open");
/** Less motion than the system asks for, or as it asks. */
export const motion = new Preference<"system" | "less">("motion", ["system", "less"], "system");
