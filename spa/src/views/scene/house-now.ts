import type { HouseView } from "../../contracts/rest";
import { entities, house } from "../../state/house";
import type { Placed } from "./inspector";

let known: readonly unknown[] = [];
let now: HouseView | null = null;
let placed = new Map<string, Placed>();

/** The house with the live states of its entities; the same object until something changes. */
export function houseNow(): HouseView | null {
  const parts = [house.value, entities.all()];
  if (parts.every((part, index) => part === known[index])) return now;
  known = parts;
  now = house.value && {
    ...house.value,
    rooms: house.value.rooms.map((room) => ({
      ...room,
      entities: room.entities.map((entity) => entities.get(entity.entity_id) ?? entity),
    })),
  };
  const rows = (now?.rooms ?? []).flatMap((room) => room.entities.map((entity) => ({ room, entity })));
  placed = new Map(rows.map((row) => [row.entity.entity_id, row]));
  return now;
}

/** An entity with its room and live state. */
export function entityNow(entityId: string): Placed | undefined {
  houseNow();
  return placed.get(entityId);
}

/** What an entity is called. */
export function entityName(entityId: string): string {
  return entityNow(entityId)?.entity.name ?? entityId;
}
