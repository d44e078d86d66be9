// Lists every operation of the OpenAPI document.

import { byId, element } from "/page/view.js";

const nameOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(nameOf).filter((name) => name !== "null").join(" or ");
  return schema.type === "array" ? `list of ${nameOf(schema.items)}` : schema.type ?? "";
};

const table = (rows) => element("table", {}, element("tbody", {}, ...rows.map(([left, right]) =>
  element("tr", {}, element("td", { textContent: left }), element("td", { textContent: right })))));

const contentOf = (part) => nameOf(Object.values(part?.content ?? {})[0]?.schema);

function fieldRows(document_, schema) {
  const properties = document_.components?.schemas?.[schema]?.properties ?? {};
  return Object.entries(properties).map(([name, field]) => [`  ${name}`, `${nameOf(field)} · ${field.description ?? ""}`]);
}

function operation(document_, path, verb, details) {
  const body = contentOf(details.requestBody);
  const inputs = (details.parameters ?? []).map((given) => [given.name, `${given.in} · ${given.description ?? nameOf(given.schema)}`]);
  const answers = Object.entries(details.responses).map(([status, answer]) =>
    [status, [answer.description, contentOf(answer)].filter(Boolean).join(" · ")]);
  const rows = [...inputs, ...(body ? [["body", body], ...fieldRows(document_, body)] : []), ...answers];
  return element("section", { class: "panel" },
    element("h2", {}, element("span", { class: "verb", textContent: verb.toUpperCase() }), ` ${path}`),
    element("p", { textContent: details.description ?? details.summary ?? "" }), table(rows));
}

const response = await fetch("/api/openapi.json");
const openapi = await response.json();
const found = Object.entries(openapi.paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([verb, details]) => operation(openapi, path, verb, details)));
byId("operations").replaceChildren(...found);
