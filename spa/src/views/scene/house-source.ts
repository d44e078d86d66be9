import type { HouseView } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { listen, onResync } from "../../state/bus";
import { Store } from "../../state/store";

/** The house by rooms; null until it was fetched. */
export const house = new Store<HouseView | null>(null);

let isFollowing = false;

/** Follow the house. */
export function followHouse(): void {
  if (isFollowing) return;
  isFollowing = true;
  const load = (): void =>
    void call("GET /api/house").then(
      (now) => house.set(now),
      () => undefined,
    );
  onResync(load);
  load();
  listen("homeassistant/state_changes/{domain}/{entity_id}", (change) => {
    const state = change.new_state?.["state"];
    const now = house.value;
    if (!now || typeof state !== "string") return;
    const rooms = now.rooms.map((room) =>
      room.entities.some((one) => one.entity_id === change.entity_id)
        ? {
            ...room,
            entities: room.entities.map((one) => (one.entity_id === change.entity_id ? { ...one, state } : one)),
          }
        : room,
    );
    house.set({ ...now, rooms });
  });
}
