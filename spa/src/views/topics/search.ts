import type { TopicSeen } from "../../contracts/rest";

/** The topics in which every word stands: in the topic, its agents or its fields. */
export function fittingTopics(topics: readonly TopicSeen[], search: string, byName: boolean): TopicSeen[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = topics.filter((one) => {
    const places = [one.topic, ...(one.publishers ?? []), ...(one.subscribers ?? [])];
    const text = [...places, ...(one.fields ?? []).map((field) => field.name)].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const lively = (one: TopicSeen): number => one.per_minute ?? 0;
  return found.sort((a, b) => (byName ? 0 : lively(b) - lively(a)) || a.topic.localeCompare(b.topic));
}
