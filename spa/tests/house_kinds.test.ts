import { describe, expect, it } from "vitest";
import type { RoomEntity } from "../src/contracts/rest";
import { language } from "../src/state/preferences";
import { mainRange, warmthRange } from "../src/views/house/controls";
import { glowOf, ofKelvin } from "../src/views/house/glow";
import { fits, isActive, isMovable, kindOf, tapAction } from "../src/views/house/kinds";
import { pastOf, steps } from "../src/views/house/past";
import { pathOf } from "../src/views/house/sparkline";
import { summaryOf } from "../src/views/house/summary";
import { stateText } from "../src/views/house/words";

function entity(entityId: string, state: string | null, more: Partial<RoomEntity> = {}): RoomEntity {
  return {
    entity_id: entityId,
    name: more.name ?? entityId,
    domain: entityId.split(".")[0] ?? "",
    device_class: null,
    state,
    unit: null,
    attributes: {},
    risk: "B",
    actions: [],
    asks: [],
    available: state !== "unavailable",
    last_changed: 1,
    ...more,
  };
}

const ON_OFF = ["turn_on", "turn_off", "toggle"];

describe("what a tap does", () => {
  it.each([
    [entity("light.a", "off", { actions: ON_OFF }), "turn_on"],
    [entity("light.a", "on", { actions: ON_OFF }), "turn_off"],
    [entity("lock.a", "locked", { actions: ["lock", "unlock"] }), "unlock"],
    [entity("lock.a", "unlocked", { actions: ["lock", "unlock"] }), "lock"],
    [entity("cover.a", "open", { actions: ["open", "close"] }), "close"],
    [entity("scene.a", "unknown", { actions: ["turn_on"] }), "turn_on"],
    [entity("media_player.a", "idle", { actions: ["play", "pause"] }), "play"],
    [entity("sensor.a", "21", { risk: "A" }), ""],
    [entity("alarm_control_panel.a", "disarmed", { actions: ["disarm", "arm_home"] }), ""],
  ])("%o: %s", (one, action) => expect(tapAction(one)).toBe(action));
});

describe("words for states", () => {
  it("are those of the kind of thing, in both languages", () => {
    language.set("en");
    expect(stateText(entity("binary_sensor.a", "on", { device_class: "door" }))).toBe("open");
    expect(stateText(entity("binary_sensor.a", "off", { device_class: "motion" }))).toBe("still");
    expect(stateText(entity("sensor.a", "21.456", { unit: "°C" }))).toBe("21.46\u202f°C");
    expect(stateText(entity("light.a", "on", { attributes: { brightness: 128 } }))).toBe("on · 50\u202f%");
    expect(stateText(entity("vacuum.a", "some_state"))).toBe("some state");
    language.set("de");
    expect(stateText(entity("lock.a", "locked"))).toBe("abgeschlossen");
    expect(stateText(entity("sensor.a", "21.4", { unit: "°C" }))).toBe("21,4\u202f°C");
    language.set("en");
  });

  it("say honestly what is not known or not reachable", () => {
    expect(stateText(entity("light.a", "unavailable"))).toBe("not reachable");
    expect(stateText(entity("light.a", null))).toBe("not known");
    expect(stateText(entity("sensor.a", "unknown"))).toBe("not known");
  });
});

describe("a lit lamp", () => {
  it("glows in its color, stronger the brighter it is; a dark one does not", () => {
    expect(glowOf(entity("light.a", "off"))).toBeNull();
    expect(glowOf(entity("switch.a", "on"))).toBeNull();
    const red = glowOf(entity("light.a", "on", { attributes: { rgb_color: [255, 0, 0], brightness: 255 } }));
    expect(red).toEqual({ rgb: [255, 0, 0], strength: 1 });
    const dim = glowOf(entity("light.a", "on", { attributes: { brightness: 10 } }));
    expect(dim?.strength).toBeLessThan(0.5);
    expect(ofKelvin(2_000)[2]).toBeLessThan(ofKelvin(6_500)[2]);
  });
});

describe("sliders", () => {
  it("show and send what the thing understands", () => {
    const lamp = entity("light.a", "on", { attributes: { brightness: 128 }, actions: ["set_brightness"] });
    expect(mainRange(lamp)).toMatchObject({ key: "brightness_pct", value: 50 });
    const player = entity("media_player.a", "idle", { attributes: { volume_level: 0.4 }, actions: ["set_volume"] });
    const volume = mainRange(player);
    expect(volume?.value).toBe(40);
    expect(volume?.sent(55)).toBeCloseTo(0.55);
    expect(mainRange(entity("switch.a", "on", { actions: ON_OFF }))).toBeNull();
    expect(warmthRange(lamp)).toBeNull();
  });
});

describe("finding things", () => {
  it("by kind and by words of name, room and state", () => {
    expect(kindOf(entity("fan.a", "on"))).toBe("climate");
    expect(kindOf(entity("made_up.a", "on"))).toBe("switch");
    const lamp = entity("light.a", "on", { name: "Reading lamp" });
    expect(fits(lamp, "Kitchen", "kitchen lamp")).toBe(true);
    expect(fits(lamp, "Kitchen", "kitchen door")).toBe(false);
    expect(isMovable(entity("sensor.a", "1"), true)).toBe(true);
    expect(isMovable(entity("sensor.a", "1"), false)).toBe(false);
    expect(isActive(entity("climate.a", "cool"))).toBe(true);
  });

  it("tells at a glance what is on, open and unlocked", () => {
    const all = [
      entity("light.a", "on"),
      entity("light.b", "on"),
      entity("binary_sensor.d", "on", { name: "Back door", device_class: "door" }),
      entity("lock.l", "unlocked", { name: "Gate" }),
    ];
    expect(summaryOf(all)).toBe("2 lights on · open: Back door · unlocked: Gate");
    expect(summaryOf([])).toBe("");
  });
});

describe("the past", () => {
  it("has a line where there were numbers, else the changes, and survives what is no history", () => {
    const numbers = pastOf({
      points: [
        { t: 1, state: "20" },
        { t: 2, state: "unavailable" },
        { t: 3, state: "21" },
      ],
    });
    expect(numbers.numbers).toEqual([
      [1, 20],
      [3, 21],
    ]);
    const states = pastOf({
      points: [
        { t: 1, state: "off" },
        { t: 2, state: "off" },
        { t: 3, state: "on" },
      ],
    });
    expect(states.numbers).toEqual([]);
    expect(steps(states.changes).map((one) => one.t)).toEqual([3, 1]);
    expect(pastOf("nonsense").changes).toEqual([]);
    expect(pastOf({ points: [{ t: "x" }, null] }).changes).toEqual([]);
  });

  it("draws a small line only when something changed", () => {
    expect(pathOf([{ t: 1, v: 5 }], 10)).toBe("");
    expect(
      pathOf(
        [
          { t: 1, v: 5 },
          { t: 2, v: 5 },
        ],
        10,
      ),
    ).toBe("");
    expect(
      pathOf(
        [
          { t: 0, v: 5 },
          { t: 5, v: 9 },
        ],
        10,
      ),
    ).toMatch(/^M0\.0 28\.0H60\.0V2\.0H120$/);
  });
});
