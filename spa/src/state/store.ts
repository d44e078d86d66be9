/** Hears that a value changed. */
export type Listener = () => void;

/** A value that others follow. */
export interface Observable {
  subscribe(listener: Listener): () => void;
}

/** One value with listeners, told at once. */
export class Store<T> implements Observable {
  private readonly listeners = new Set<Listener>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  /** Take a new value; nothing happens when it is the same. */
  set(next: T): void {
    if (Object.is(next, this.current)) return;
    this.current = next;
    for (const listener of [...this.listeners]) listener();
  }

  /** Call `listener` after each change; the return value ends it. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const TOLD_EVERY_MS = 100;

/** Many values by key; listeners are told at most ten times a second, however fast the values change. */
export class Collection<V> implements Observable {
  private readonly listeners = new Set<Listener>();
  private readonly entries = new Map<string, V>();
  private sorted: V[] | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly order: (a: V, b: V) => number = () => 0) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  /** All values in order; the same array until something changes. */
  all(): readonly V[] {
    this.sorted ??= [...this.entries.values()].sort(this.order);
    return this.sorted;
  }

  put(key: string, value: V): void {
    this.entries.set(key, value);
    this.changed();
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.changed();
  }

  /** Take these instead of all there were. */
  replace(values: Iterable<readonly [string, V]>): void {
    this.entries.clear();
    for (const [key, value] of values) this.entries.set(key, value);
    this.changed();
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    this.sorted = null;
    this.timer ??= setTimeout(() => this.tell(), TOLD_EVERY_MS);
  }

  private tell(): void {
    this.timer = undefined;
    for (const listener of [...this.listeners]) listener();
  }
}
