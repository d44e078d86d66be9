import { css, html, nothing, type TemplateResult } from "lit";
import type { EntityPolicy, PolicyBody, Routes } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { icon } from "../../ui/icons";
import { toast } from "../../ui/toast";
import { t } from "./house-texts";
import { Section } from "./section";

type Device = Routes["GET /api/house"]["answer"]["rooms"][number]["entities"][number];

const MOST_FOUND = 30;
const RISKS = ["", "A", "B", "C"] as const;

/** What is laid down for single devices: whether they ask, when they are left alone, who may move them. */
export class Policies extends Section {
  static override styles = [Section.styles, styles()];
  static override properties = { ...Section.properties, search: { state: true }, open: { state: true } };

  private policies: ReadonlyMap<string, EntityPolicy> = new Map();
  private devices: readonly Device[] = [];
  private search = "";
  private open = "";

  protected override async load(): Promise<void> {
    const [rows, house] = await Promise.all([call("GET /api/policies"), call("GET /api/house")]);
    this.policies = new Map(rows.map((row) => [row.entity_id, row] as const));
    this.devices = house.rooms.flatMap((room) => room.entities).sort((a, b) => a.name.localeCompare(b.name));
  }

  protected override body(): TemplateResult {
    const wanted = this.search.toLocaleLowerCase();
    const isFound = (device: Device): boolean =>
      wanted
        ? `${device.name} ${device.entity_id}`.toLocaleLowerCase().includes(wanted)
        : this.policies.has(device.entity_id);
    const found = this.devices.filter(isFound).slice(0, MOST_FOUND);
    return html`<p class="muted">${t("policiesText")}</p>
      <input type="search" placeholder=${t("search")} aria-label=${t("search")} @input=${(event: Event) => {
        this.search = (event.target as HTMLInputElement).value;
      }}>
      <section class="card">${wanted ? nothing : html`<h3>${t("own")}</h3>`}
        ${found.length ? found.map((device) => this.device(device)) : html`<p class="muted">${t("none")}</p>`}</section>`;
  }

  private device(device: Device): TemplateResult {
    const policy = this.policies.get(device.entity_id);
    const isOpen = this.open === device.entity_id;
    return html`<div class="rowline"><div class="grow"><p><b class="foreign">${device.name}</b> <span class="small muted mono foreign">${device.entity_id}</span></p>
        <p class="small muted foreign">${wordsOf(policy)}</p></div>
      <button aria-expanded=${isOpen} @click=${() => {
        this.open = isOpen ? "" : device.entity_id;
      }}>${icon("edit", 16)}${t(isOpen ? "close" : "edit")}</button>
      ${policy ? html`<button class="quiet" ?disabled=${this.busy} @click=${() => void this.clear(device)}>${t("clear")}</button>` : nothing}
      ${isOpen ? this.form(device, policy) : nothing}</div>`;
  }

  private form(device: Device, policy: EntityPolicy | undefined): TemplateResult {
    const [from = "", to = ""] = (policy?.quiet_hours ?? "").split("-");
    const labels = { "": t("usual"), A: t("riskA"), B: t("riskB"), C: t("riskC") };
    const pin = (name: string, label: string): TemplateResult =>
      html`<label>${label}<input name=${name} type="password" inputmode="numeric" pattern="[0-9]{4,64}" autocomplete="off"></label>`;
    return html`<form class="policy stack" @submit=${(event: Event) => this.submit(event, device)}>
      <div class="row fields"><label>${t("risk")}<select name="risk">${RISKS.map((risk) => html`<option value=${risk} ?selected=${risk === (policy?.risk ?? "")}>${labels[risk]}</option>`)}</select></label>
        <label>${t("quietFrom")}<input type="time" name="from" .value=${from}></label><label>${t("quietTo")}<input type="time" name="to" .value=${to}></label></div>
      <label>${t("persons")}<input name="persons" autocomplete="off" .value=${(policy?.persons ?? []).join(", ")}></label>
      <div class="row fields"><label class="row check"><input type="checkbox" name="pin" ?checked=${policy?.pin ?? false}>${t("needsPin")}</label>${pin("new_pin", t("newPin"))}${policy?.pin ? pin("old_pin", t("oldPin")) : nothing}</div>
      <div class="row"><button class="primary" ?disabled=${this.busy}>${t("save")}</button></div></form>`;
  }

  private async submit(event: Event, device: Device): Promise<void> {
    event.preventDefault();
    const body = policyOf(new FormData(event.target as HTMLFormElement));
    await this.put(() => call("PUT /api/policies/{entity_id}", { path: { entity_id: device.entity_id }, body }));
  }

  private async clear(device: Device): Promise<void> {
    await this.put(() => call("DELETE /api/policies/{entity_id}", { path: { entity_id: device.entity_id } }));
  }

  private async put(deed: () => Promise<{ approval_id: string; text: string }>): Promise<void> {
    const done = await this.changing(async () => {
      const saved = await deed();
      toast(saved.approval_id ? t("waits") : saved.text || t("saved"), saved.approval_id ? "warn" : "good");
    });
    if (done) this.open = "";
  }
}

/** What a form of a policy says. */
export function policyOf(form: FormData): PolicyBody {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const persons = text("persons").split(",");
  return {
    risk: (text("risk") || null) as PolicyBody["risk"],
    quiet_hours: text("from") && text("to") ? `${text("from")}-${text("to")}` : "",
    persons: persons.map((name) => name.trim()).filter(Boolean),
    pin: form.get("pin") !== null,
    ...(text("new_pin") ? { new_pin: text("new_pin") } : {}),
    ...(text("old_pin") ? { old_pin: text("old_pin") } : {}),
  };
}

function wordsOf(policy: EntityPolicy | undefined): string {
  if (!policy) return t("usual");
  const facts = [
    policy.risk ? t(`risk${policy.risk}`) : "",
    policy.quiet_hours ? t("quiet", { hours: policy.quiet_hours }) : "",
    policy.persons?.length ? t("only", { persons: policy.persons.join(", ") }) : "",
    policy.pin ? t("pin") : "",
  ];
  return facts.filter(Boolean).join(" · ");
}

function styles(): ReturnType<typeof css> {
  return css`
    .policy { flex-basis: 100%; background: var(--sunken); border-radius: var(--radius-small); padding: 14px; }
    .fields > .check { min-height: 36px; gap: 8px; }
  `;
}

customElements.define("wz-policies", Policies);
