import { Store } from "../../state/store";

const KEY = "wactorz.favorites";

/** Entities that are shown first in this browser. */
export const favorites = new Store<ReadonlySet<string>>(kept());

/** Make a thing a favorite, or no longer. */
export function toggleFavorite(entityId: string): void {
  const next = new Set(favorites.value);
  if (!next.delete(entityId)) next.add(entityId);
  favorites.set(next);
  try {
    localStorage.setItem(KEY, JSON.stringify([...next]));
  } catch {
    // a browser that keeps nothing shows them until it is closed
  }
}

function kept(): ReadonlySet<string> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(found) ? found.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}
