import { describe, expect, it } from "vitest";
import { defineTexts } from "../src/i18n/texts";

const same = { seen: "{count} {count|message|messages} of {total}", named: "{name} and {other}" };
const t = defineTexts({ en: same, de: same });

describe("texts", () => {
  it("take the word that fits the number", () => {
    expect(t("seen", { count: 1, total: 3 })).toBe("1 message of 3");
    expect(t("seen", { count: "1", total: 3 })).toBe("1 message of 3");
    expect(t("seen", { count: 0, total: 3 })).toBe("0 messages of 3");
    expect(t("seen", { count: "1.5", total: 3 })).toBe("1.5 messages of 3");
  });

  it("leave a place without a value as it is", () => {
    expect(t("named", { name: "main" })).toBe("main and {other}");
  });
});
