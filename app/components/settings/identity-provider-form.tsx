import type { IdentityProvider } from "#contract/identity-provider";
import { orgApi } from "../../lib/access-api.ts";
import { ApiProblem } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { linesOf, rolesOf } from "../../lib/group-roles.ts";
import { text } from "../../lib/text.ts";
import { identityProvidersText as words } from "../../lib/text-organisation.ts";
import { AreaField, AskForm, TextField, Tick, wordOf } from "./form.tsx";
import { useAsk } from "./use-ask.ts";

const api = orgApi(browserApi);
const FIELDS = ["name", "issuer", "clientId", "clientSecret", "scopes", "groupsClaim", "roleOfGroup"];

interface FormProps {
  /** The one to edit; null makes a new one. */
  provider: IdentityProvider | null;
  onClose: () => void;
}

export function IdentityProviderForm({ provider, onClose }: FormProps) {
  const ask = useAsk();
  const title = provider ? words.edit(provider.name) : words.add;
  return (
    <AskForm
      ask={ask}
      fields={FIELDS}
      label={title}
      submit={text.actions.save}
      onSend={(form) => send(provider, form)}
      onDone={onClose}
      onCancel={onClose}
      framed
    >
      <h3 className="font-semibold text-15">{title}</h3>
      <Where provider={provider} />
      <Secret provider={provider} />
      <Claims provider={provider} />
      <Tick id="enabled" name="enabled" label={words.enabled} defaultChecked={provider?.enabled ?? true} />
    </AskForm>
  );
}

async function send(provider: IdentityProvider | null, form: FormData): Promise<unknown> {
  const mapped = rolesOf(wordOf(form, "roleOfGroup"));
  if ("problem" in mapped) throw new ApiProblem(mapped.problem, 400);
  const typed = wordOf(form, "clientSecret");
  const clientSecret = form.get("removeSecret") === "on" ? "" : typed || undefined;
  const body = {
    name: wordOf(form, "name"),
    clientId: wordOf(form, "clientId"),
    scopes: wordOf(form, "scopes"),
    groupsClaim: wordOf(form, "groupsClaim") || null,
    roleOfGroup: mapped.roles,
    enabled: form.get("enabled") === "on",
    ...(clientSecret === undefined ? {} : { clientSecret }),
  };
  if (provider) return api.changeProvider(provider.id, provider.rev, body);
  return api.createProvider({ ...body, issuer: wordOf(form, "issuer") });
}

function Where({ provider }: Pick<FormProps, "provider">) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        name="name"
        label={words.name}
        hint={words.nameHint}
        defaultValue={provider?.name}
        required
        maxLength={80}
      />
      <TextField
        name="issuer"
        type="url"
        label={words.issuer}
        hint={words.issuerHint}
        defaultValue={provider?.issuer}
        readOnly={provider !== null}
        required
        maxLength={2048}
      />
    </div>
  );
}

/** What is typed goes to the api alone; nothing of the stored secret is here. */
function Secret({ provider }: Pick<FormProps, "provider">) {
  const has = provider?.secret.hasValue ?? false;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="clientId"
          label={words.clientId}
          defaultValue={provider?.clientId}
          required
          maxLength={500}
          autoComplete="off"
        />
        <TextField
          name="clientSecret"
          type="password"
          label={words.clientSecret}
          hint={has ? words.secretKeep : words.secretHint}
          maxLength={4096}
          autoComplete="off"
        />
      </div>
      {has && <Tick id="removeSecret" name="removeSecret" label={words.secretRemove} />}
    </>
  );
}

function Claims({ provider }: Pick<FormProps, "provider">) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="scopes"
          label={words.scopes}
          hint={words.scopesHint}
          defaultValue={provider?.scopes ?? "openid profile email"}
          required
          maxLength={500}
        />
        <TextField
          name="groupsClaim"
          label={words.groupsClaim}
          hint={words.groupsHint}
          defaultValue={provider?.groupsClaim ?? ""}
          maxLength={200}
        />
      </div>
      <AreaField
        name="roleOfGroup"
        label={words.roles}
        hint={words.rolesHint}
        value={linesOf(provider?.roleOfGroup ?? {})}
      />
    </>
  );
}
