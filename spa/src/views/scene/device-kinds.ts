import { defineTexts } from "../../i18n/texts";

const t = defineTexts({
  en: { lock: "lock", sensor: "sensor", light: "light", switch: "switch", cover: "cover", climate: "climate" },
  de: { lock: "Schloss", sensor: "Sensor", light: "Licht", switch: "Schalter", cover: "Antrieb", climate: "Klima" },
});
const KINDS: Record<string, Parameters<typeof t>[0]> = {
  lock: "lock",
  binary_sensor: "sensor",
  sensor: "sensor",
  light: "light",
  switch: "switch",
  cover: "cover",
  climate: "climate",
};

/** What kind of thing devices of a domain are, in one word. */
export function kindOf(domain: string): string {
  const key = KINDS[domain];
  return key ? t(key) : domain.replaceAll("_", " ");
}
