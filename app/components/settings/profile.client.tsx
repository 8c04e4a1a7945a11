import { useMemo } from "react";
import { type Account, locale } from "#contract/account";
import { personalApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { text } from "../../lib/text.ts";
import { profileText as words } from "../../lib/text-account.ts";
import { AskForm, SelectField, TextField, wordOf } from "./form.tsx";
import { NoAccount } from "./no-account.tsx";
import { useAsk } from "./use-ask.ts";

const api = personalApi(browserApi);

export default function Profile({ account }: { account: Account | null }) {
  return account ? <ProfileForm account={account} /> : <NoAccount />;
}

function ProfileForm({ account }: { account: Account }) {
  const ask = useAsk();
  const zones = useMemo(() => zonesWith(account.timeZone), [account.timeZone]);
  const send = (form: FormData) =>
    api.change(account.rev, {
      name: wordOf(form, "name"),
      locale: locale.parse(form.get("locale")),
      timeZone: wordOf(form, "timeZone") || null,
    });
  return (
    <AskForm
      ask={ask}
      fields={["name", "locale", "timeZone"]}
      label={words.form}
      submit={text.actions.save}
      onSend={send}
    >
      <div className="flex items-center gap-4">
        <span
          aria-hidden
          className="flex size-12 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-18 text-accent"
        >
          {initialsOf(account.name)}
        </span>
        <p className="min-w-0">
          <span className="block text-12 text-n11">{words.email}</span>
          <span className="block">{account.email}</span>
          <span className="block text-12 text-n11">{words.emailHint(account.emailVerified)}</span>
        </p>
      </div>
      <TextField
        name="name"
        label={words.name}
        hint={words.nameHint}
        defaultValue={account.name}
        required
        maxLength={80}
        autoComplete="name"
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          name="locale"
          label={words.language}
          options={locale.options.map((one) => [one, words.languages[one]] as const)}
          defaultValue={account.locale}
        />
        <SelectField
          name="timeZone"
          label={words.timeZone}
          hint={words.timeZoneHint}
          options={zones}
          defaultValue={account.timeZone ?? ""}
        />
      </div>
    </AskForm>
  );
}

/** The first letters of the first and last name. */
function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/);
  const first = [...(parts[0] ?? "")][0] ?? "";
  const last = parts.length > 1 ? ([...(parts.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

/** Every zone this browser knows, the person's own among them. */
function zonesWith(own: string | null): [string, string][] {
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...(own ? [own] : [])]);
  return [["", words.ofBrowser(here)], ...[...known].sort().map((one): [string, string] => [one, one])];
}
