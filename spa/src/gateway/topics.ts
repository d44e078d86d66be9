/** Whether a topic lies under a filter with MQTT's wildcards. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [index, part] of wanted.entries()) {
    if (part === "#") return true;
    if (index >= levels.length || (part !== "+" && part !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/** The values of `{name}` levels of an address template that a topic fits, else null. */
export function params(template: string, topic: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  const wanted = template.split("/");
  const levels = topic.split("/");
  if (wanted.length !== levels.length) return null;
  for (const [index, part] of wanted.entries()) {
    const level = levels[index] ?? "";
    if (part.startsWith("{")) found[part.slice(1, -1)] = level;
    else if (part !== level) return null;
  }
  return found;
}

/** The filter that hears all topics of an address template. */
export function filterOf(template: string): string {
  return template.replace(/\{[^}]+\}/g, "+");
}
