import type { Routes } from "../../contracts/rest";
import { call } from "../../gateway/rest";

/** A device of the house with its name and live state. */
export type NamedEntity = Routes["GET /api/house"]["answer"]["rooms"][number]["entities"][number];

/** Fetch every device of the house by its entity id. */
export async function loadEntities(): Promise<ReadonlyMap<string, NamedEntity>> {
  const house = await call("GET /api/house");
  return new Map(house.rooms.flatMap((room) => room.entities).map((entity) => [entity.entity_id, entity] as const));
}

/** The name people say; the entity id of one that is not known. */
export function nameOf(known: ReadonlyMap<string, NamedEntity>, entityId: string): string {
  return known.get(entityId)?.name ?? entityId;
}

/** The unit of a device's state. */
export function unitOf(known: ReadonlyMap<string, NamedEntity>, entityId: string): string {
  return known.get(entityId)?.unit ?? "";
}
