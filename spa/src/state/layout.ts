/** A point of the scene; y points up. */
export interface Seat {
  x: number;
  y: number;
  z: number;
}

/** Something that wants a seat. */
export interface Member {
  key: string;
  group: string;
}

/** A disc on the floor where one group sits. */
export interface Area {
  group: string;
  x: number;
  z: number;
  radius: number;
  members: number;
}

interface Group {
  name: string;
  x: number;
  z: number;
  /** Radius in the middle that stays free. */
  hole: number;
  capacity: number;
  seats: Map<string, number>;
  left: Map<string, number>;
}

const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const SPACING = 1.15;
const GAP = 0.9;
const PAD = 0.95;
const HOLE = 1.9;
const SMALLEST_EXTENT = 6;
const STEPS = [3, 7, 12, 19, 30, 44, 64, 96, 128, 192, 256, 384, 512];
const KEPT_SEATS = 24;
const TURNS = 36;
const MOVE_STEP = 0.4;

/**
 * Where everybody sits. The first group sits around the middle, the others in discs around it; who is seated stays, and
 * who comes back gets the old seat.
 */
export class Layout {
  private readonly groups = new Map<string, Group>();
  private places = new Map<string, Seat>();

  /** Seat these and let everybody else go. */
  place(members: readonly Member[]): void {
    const wanted = new Map<string, string[]>();
    for (const { key, group } of members) wanted.set(group, [...(wanted.get(group) ?? []), key]);
    for (const group of this.groups.values()) release(group, new Set(wanted.get(group.name) ?? []));
    const order = [...wanted].sort(([a, as], [b, bs]) => bs.length - as.length || compare(a, b));
    for (const [name, keys] of order) this.seatAll(name, keys.sort(compare));
    this.places = new Map([...this.groups.values()].flatMap((group) => [...seatsOf(group)]));
  }

  /** The seat of a key, if it has one. */
  seat(key: string): Seat | undefined {
    return this.places.get(key);
  }

  /** The discs of groups that have members, in a steady order. */
  areas(): Area[] {
    return [...this.groups.values()]
      .filter((group) => group.seats.size > 0)
      .map((group) => ({
        group: group.name,
        x: group.x,
        z: group.z,
        radius: radiusOf(group),
        members: group.seats.size,
      }));
  }

  /** Radius of the circle around everything. */
  extent(): number {
    return this.areas().reduce(
      (most, area) => Math.max(most, Math.hypot(area.x, area.z) + area.radius),
      SMALLEST_EXTENT,
    );
  }

  private seatAll(name: string, keys: readonly string[]): void {
    const group = this.groups.get(name) ?? this.newGroup(name);
    const fresh = keys.filter((key) => !group.seats.has(key));
    for (const key of fresh) group.seats.set(key, takeSeat(group, key));
    const needed = Math.max(...group.seats.values()) + 1;
    if (needed > group.capacity) {
      group.capacity = STEPS.find((step) => step >= needed) ?? needed * 2;
      this.settle(group);
    }
    this.groups.set(name, group);
  }

  private newGroup(name: string): Group {
    const isFirst = ![...this.groups.values()].some((group) => group.seats.size > 0);
    return { name, x: 0, z: 0, hole: isFirst ? HOLE : 0, capacity: 0, seats: new Map(), left: new Map() };
  }

  private settle(group: Group): void {
    const others = [...this.groups.values()].filter((one) => one !== group && one.seats.size > 0);
    const isSettled = this.groups.has(group.name) || group.hole > 0;
    if (isSettled && isFree(group.x, group.z, group, others)) return;
    if (group.hole > 0) {
      for (const other of others) if (!isFree(other.x, other.z, other, [group])) this.move(other);
      return;
    }
    this.move(group);
  }

  /** To the nearest circle with a free place, as far from the other groups as it allows. */
  private move(group: Group): void {
    const others = [...this.groups.values()].filter((one) => one !== group && one.seats.size > 0);
    const outer = others.filter((one) => one.hole === 0);
    for (let distance = HOLE + radiusOf(group); ; distance += MOVE_STEP) {
      let best = { x: 0, z: 0, room: -1 };
      for (let turn = 0; turn < TURNS; turn += 1) {
        const angle = (turn / TURNS) * 2 * Math.PI;
        const [x, z] = [Math.cos(angle) * distance, Math.sin(angle) * distance];
        if (!isFree(x, z, group, others)) continue;
        const room = Math.round(Math.min(TURNS, ...outer.map((one) => Math.hypot(x - one.x, z - one.z))) * 100);
        if (room > best.room) best = { x, z, room };
      }
      if (best.room < 0) continue;
      [group.x, group.z] = [best.x, best.z];
      return;
    }
  }
}

/** A room's part of the outer ring, with the seats of its devices. */
export interface Sector {
  room: string;
  from: number;
  to: number;
  seats: Map<string, Seat>;
}

const DEVICE_SPACING = 1.1;
const ROOM_MARGIN = 1.3;
const ROWS = 2;
const RING_MARGIN = 2.2;

/** Rooms around everything: each gets a part of the ring by how much stands in it. */
export function ring(
  rooms: readonly { id: string; devices: readonly string[] }[],
  extent: number,
): { radius: number; sectors: Sector[] } {
  const lengths = rooms.map((room) => Math.ceil(room.devices.length / ROWS) * DEVICE_SPACING + ROOM_MARGIN);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const radius = Math.max(extent + RING_MARGIN, total / (2 * Math.PI));
  const share = total ? (2 * Math.PI) / total : 0;
  let angle = -Math.PI / 2;
  const sectors = rooms.map((room, index) => {
    const from = angle;
    angle += (lengths[index] ?? 0) * share;
    return { room: room.id, from, to: angle, seats: deviceSeats(room.devices, from, angle, radius) };
  });
  return { radius, sectors };
}

function deviceSeats(devices: readonly string[], from: number, to: number, radius: number): Map<string, Seat> {
  const columns = Math.ceil(devices.length / ROWS);
  return new Map(
    devices.map((key, index) => {
      const column = Math.floor(index / ROWS) + 0.75 + (index % ROWS) * 0.5;
      const angle = from + ((to - from) * column) / (columns + 1);
      const distance = radius + (index % ROWS) * DEVICE_SPACING;
      return [key, { x: Math.cos(angle) * distance, y: 0.25, z: Math.sin(angle) * distance }];
    }),
  );
}

/** A number from 0 to 1 that is always the same for a text. */
export function steadyChance(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

function release(group: Group, staying: ReadonlySet<string>): void {
  for (const [key, seat] of group.seats) {
    if (staying.has(key)) continue;
    group.seats.delete(key);
    group.left.set(key, seat);
    if (group.left.size > KEPT_SEATS) group.left.delete(group.left.keys().next().value ?? "");
  }
}

function takeSeat(group: Group, key: string): number {
  const own = group.left.get(key);
  group.left.delete(key);
  const used = new Set(group.seats.values());
  if (own !== undefined && !used.has(own)) return own;
  const kept = new Set(group.left.values());
  let seat = 0;
  while (used.has(seat) || kept.has(seat)) seat += 1;
  return seat;
}

function* seatsOf(group: Group): Generator<[string, Seat]> {
  const radius = radiusOf(group);
  for (const [key, index] of group.seats) {
    const distance = reach(group.hole, group.hole ? index + 1 : index);
    const height = 0.6 * (1 - (distance / radius) ** 2) + steadyChance(key) * 0.55;
    const angle = index * GOLDEN;
    const [x, z] = [group.x + Math.cos(angle) * distance, group.z + Math.sin(angle) * distance];
    yield [key, { x, y: 0.45 + height, z }];
  }
}

function radiusOf(group: Group): number {
  return reach(group.hole, group.capacity) + PAD;
}

function reach(hole: number, seats: number): number {
  return Math.sqrt(hole ** 2 + SPACING ** 2 * seats);
}

function isFree(x: number, z: number, group: Group, others: readonly Group[]): boolean {
  return others.every((one) => Math.hypot(x - one.x, z - one.z) >= radiusOf(group) + radiusOf(one) + GAP);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
