import { useState } from "react";
import { type OrgPatch, type OrgSettings, type SignUpPolicy, signUpPolicy } from "#contract/org";
import { orgApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { text } from "../../lib/text.ts";
import { organisationText as words } from "../../lib/text-organisation.ts";
import { useMe } from "../../lib/use-me.ts";
import { Field, noteId } from "../ui/field.tsx";
import { AreaField, AskForm, TextField, Tick, wordOf } from "./form.tsx";
import { Section } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

const api = orgApi(browserApi);

export default function Organisation({ org }: { org: OrgSettings }) {
  return (
    <div className="flex flex-col gap-10">
      <General org={org} />
      <Danger org={org} />
    </div>
  );
}

function General({ org }: { org: OrgSettings }) {
  const ask = useAsk();
  const [policy, setPolicy] = useState<SignUpPolicy>(org.signUp);
  return (
    <Section id="general" title={words.general}>
      <AskForm
        ask={ask}
        fields={["name", "signUp", "signUpDomains", "linkByEmail"]}
        label={words.general}
        submit={text.actions.save}
        onSend={(form) => api.change(org.rev, patchOf(form))}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField name="name" label={words.name} defaultValue={org.name} required maxLength={80} />
          <Field id="slug" label={words.address} hint={words.addressHint}>
            <input id="slug" readOnly className="field" value={org.slug} aria-describedby={noteId("slug")} />
          </Field>
        </div>
        <fieldset className="flex flex-col gap-2">
          <legend className="pb-1 font-medium text-13">{words.signUp}</legend>
          {signUpPolicy.options.map((one) => (
            <Tick
              key={one}
              id={`sign-up-${one}`}
              type="radio"
              name="signUp"
              value={one}
              label={words.policies[one][0]}
              hint={words.policies[one][1]}
              checked={policy === one}
              onChange={() => setPolicy(one)}
            />
          ))}
        </fieldset>
        {policy === "domains" && (
          <AreaField
            name="signUpDomains"
            label={words.domains}
            hint={words.domainsHint}
            value={org.signUpDomains.join("\n")}
          />
        )}
        <Tick
          id="linkByEmail"
          name="linkByEmail"
          label={words.link}
          hint={words.linkHint}
          defaultChecked={org.linkByEmail}
        />
      </AskForm>
    </Section>
  );
}

/** Domains are sent only while the policy asks for them, so that they are kept otherwise. */
function patchOf(form: FormData): OrgPatch {
  const domains = form.get("signUpDomains");
  return {
    name: wordOf(form, "name"),
    signUp: signUpPolicy.parse(form.get("signUp")),
    linkByEmail: form.get("linkByEmail") === "on",
    ...(domains === null
      ? {}
      : {
          signUpDomains: String(domains)
            .split(/[\s,]+/)
            .filter(Boolean),
        }),
  };
}

function Danger({ org }: { org: OrgSettings }) {
  const ask = useAsk();
  const me = useMe();
  const owner = me?.member.role === "owner";
  const gone = () => window.location.assign(me?.authMode === "NONE" ? "/" : `${me?.appUrl}/organisations`);
  return (
    <section aria-labelledby="danger" className="flex flex-col gap-3 rounded-10 border border-red-line p-4">
      <h2 id="danger" className="font-semibold text-18">
        {words.danger}
      </h2>
      <p className="text-n11">{words.dangerDetail}</p>
      {owner ? (
        <AskForm
          ask={ask}
          fields={["slug"]}
          label={words.danger}
          submit={words.delete}
          look="danger"
          onSend={async (form) => {
            await api.remove(wordOf(form, "slug"));
            gone();
          }}
        >
          <TextField
            name="slug"
            id="confirm-slug"
            label={words.typeSlug(org.slug)}
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </AskForm>
      ) : (
        <p>{words.ownersOnly}</p>
      )}
    </section>
  );
}
