import { html, nothing, type TemplateResult } from "lit";
import type { NewPerson, PersonView } from "../../contracts/rest";
import { moment } from "../../i18n/texts";
import { addPerson, changePerson, GIVEN_ROLES, loadPeople, removePerson } from "../../state/people";
import { session } from "../../state/session";
import { confirmDialog } from "../../ui/dialog";
import { icon } from "../../ui/icons";
import { t } from "./account-texts";
import { Section } from "./section";

/** Everybody with an account. */
export class People extends Section {
  static override properties = { ...Section.properties, renewing: { state: true } };

  private people: readonly PersonView[] = [];
  private renewing = "";

  protected override async load(): Promise<void> {
    this.people = await loadPeople();
  }

  protected override body(): TemplateResult {
    return html`${this.people.length ? html`<section class="card">${this.people.map((person) => this.person(person))}</section>` : nothing}
      ${session.value?.setup_needed ? nothing : this.adding()}
      <section class="card"><h3>${t("roles")}</h3>${[...GIVEN_ROLES, "owner" as const].map((role) => html`<div class="rowline role"><b>${t(role)}</b><span class="muted">${t(`${role}May`)}</span></div>`)}</section>`;
  }

  private person(person: PersonView): TemplateResult {
    const isFixed = person.role === "owner" || person.name === session.value?.person;
    const seen = person.last_seen ? t("lastSeen", { when: moment(person.last_seen) }) : t("neverSeen");
    return html`<div class="rowline"><div class="grow"><p class=${person.disabled ? "off" : ""}><b class="foreign">${person.name}</b> ${person.disabled ? html`<span class="badge warn">${t("disabled")}</span>` : nothing}</p><p class="small muted">${seen}</p></div>
      ${isFixed ? html`<span class="badge accent">${t(person.role)}</span>` : this.controls(person)}
      ${this.renewing === person.name ? this.renewal(person) : nothing}</div>`;
  }

  private controls(person: PersonView): TemplateResult {
    const change = (body: Parameters<typeof changePerson>[1]): void =>
      void this.changing(() => changePerson(person.name, body));
    return html`<select aria-label="${t("role")}: ${person.name}" @change=${(event: Event) => change({ role: (event.target as HTMLSelectElement).value as NewPerson["role"] })}>
        ${GIVEN_ROLES.map((role) => html`<option value=${role} ?selected=${role === person.role}>${t(role)}</option>`)}</select>
      <button ?disabled=${this.busy} @click=${() => change({ disabled: !person.disabled })}>${t(person.disabled ? "letIn" : "keepOut")}</button>
      <button ?disabled=${this.busy} @click=${() => {
        this.renewing = this.renewing === person.name ? "" : person.name;
      }}>${t("newPassword")}</button>
      <button class="quiet icon" title=${t("remove")} aria-label=${t("remove")} ?disabled=${this.busy} @click=${() => void this.drop(person)}>${icon("trash", 18)}</button>`;
  }

  private renewal(person: PersonView): TemplateResult {
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      const password = String(new FormData(event.target as HTMLFormElement).get("password"));
      if (await this.changing(() => changePerson(person.name, { password }))) this.renewing = "";
    };
    return html`<form class="row" @submit=${submit}><input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="256" required aria-label=${t("newPassword")}><button class="primary">${t("newPassword")}</button></form>`;
  }

  private adding(): TemplateResult {
    return html`<form class="card stack" @submit=${this.submit}><h3>${t("newPerson")}</h3><div class="row fields">
      <label>${t("name")}<input name="name" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
      <label>${t("role")}<select name="role">${GIVEN_ROLES.map((role) => html`<option value=${role} ?selected=${role === "user"}>${t(role)}</option>`)}</select></label>
      <label>${t("firstPassword")}<input name="password" type="password" autocomplete="new-password" required minlength="8" maxlength="256"></label>
      <button class="primary" ?disabled=${this.busy}>${t("add")}</button></div></form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const body = Object.fromEntries(new FormData(form)) as unknown as NewPerson;
    if (await this.changing(() => addPerson({ ...body, name: body.name.trim() }))) form.reset();
  }

  private async drop(person: PersonView): Promise<void> {
    const title = t("removeTitle", { name: person.name });
    const question = { title, text: t("removeText"), confirm: t("remove"), danger: true, typed: person.name };
    if (await confirmDialog(question)) await this.changing(() => removePerson(person.name));
  }
}

customElements.define("wz-people", People);
