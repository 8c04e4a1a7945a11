import { useState } from "react";
import { type ApiKey, SCOPES, scope } from "#contract/api-key";
import { personalApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { apiKeysText as words } from "../../lib/text-account.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Empty } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { AskForm, SelectField, TextField, Tick, useFieldError, wordOf } from "./form.tsx";
import { Badge, Once, Row, Section } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

const api = personalApi(browserApi);

export default function ApiKeys({ keys }: { keys: ApiKey[] }) {
  const [adding, setAdding] = useState(false);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-start gap-4">
        <p className="min-w-0 flex-1 basis-60 text-n11">{words.intro}</p>
        {!adding && (
          <Button look="primary" onClick={() => setAdding(true)}>
            {words.add}
          </Button>
        )}
      </div>
      {adding && <NewKey onClose={() => setAdding(false)} />}
      <List keys={keys} />
    </div>
  );
}

/** The token lives in this component alone, and goes with it. */
function NewKey({ onClose }: { onClose: () => void }) {
  const ask = useAsk();
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const send = async (form: FormData) => {
    const days = wordOf(form, "expiresInDays");
    const { key, token } = await api.createKey({
      name: wordOf(form, "name"),
      scopes: form.getAll("scopes").map((one) => scope.parse(one)),
      expiresInDays: days === "" ? null : Number(days),
    });
    setMade({ name: key.name, token });
  };
  if (made) return <Once words={words.made(made.name)} label={words.token} value={made.token} onClose={onClose} />;
  return (
    <AskForm
      ask={ask}
      fields={["name", "scopes", "expiresInDays"]}
      label={words.add}
      submit={words.create}
      onSend={send}
      onCancel={onClose}
      framed
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="name"
          label={words.name}
          hint={words.nameHint}
          required
          autoFocus
          autoComplete="off"
          maxLength={80}
        />
        <SelectField name="expiresInDays" label={words.expires} options={words.expiries} defaultValue="90" />
      </div>
      <Scopes />
    </AskForm>
  );
}

function Scopes() {
  const error = useFieldError("scopes");
  return (
    <fieldset className="flex flex-col gap-2" aria-describedby={error ? "scopes-error" : undefined}>
      <legend className="pb-1 font-medium text-13">{words.scopes}</legend>
      {error && (
        <p id="scopes-error" className="text-12 text-red">
          {error}
        </p>
      )}
      {SCOPES.map((one) => (
        <Tick
          key={one}
          id={`scope-${one}`}
          name="scopes"
          value={one}
          label={one}
          hint={words.scopeHints[one]}
          defaultChecked={one === "read"}
          aria-invalid={error !== undefined}
        />
      ))}
    </fieldset>
  );
}

function List({ keys }: { keys: ApiKey[] }) {
  const ask = useAsk();
  const [revoking, setRevoking] = useState<Confirmation | null>(null);
  const revoke = ({ id, name }: ApiKey) =>
    setRevoking({
      title: words.revokeAsk(name),
      detail: words.revokeDetail,
      action: words.revoke,
      onConfirm: () => {
        setRevoking(null);
        void ask.run(() => api.revokeKey(id));
      },
    });
  return (
    <Section id="keys" title={words.list}>
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      {keys.length === 0 && <Empty title={words.none} detail={words.noneDetail} />}
      <ul className="flex flex-col">
        {keys.map((one) => (
          <Row key={one.id} title={one.name} badges={<KeyBadges apiKey={one} />} facts={<KeyFacts apiKey={one} />}>
            <Button
              look="danger"
              disabled={ask.busy}
              aria-label={words.revokeOne(one.name)}
              onClick={() => revoke(one)}
            >
              {words.revoke}
            </Button>
          </Row>
        ))}
      </ul>
      <Confirm ask={revoking} onClose={() => setRevoking(null)} />
    </Section>
  );
}

function KeyBadges({ apiKey }: { apiKey: ApiKey }) {
  const over = apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= Date.now();
  return (
    <>
      {over && <Badge look="amber">{words.expired}</Badge>}
      {apiKey.scopes.map((one) => (
        <Badge key={one}>{one}</Badge>
      ))}
    </>
  );
}

function KeyFacts({ apiKey: { lastFour, expiresAt, lastUsedAt } }: { apiKey: ApiKey }) {
  return (
    <>
      {words.endsWith(lastFour)} · {expiresAt ? words.until(expiresAt.slice(0, 10)) : words.forEver} ·{" "}
      {lastUsedAt ? (
        <>
          {words.used} <Time at={lastUsedAt} />
        </>
      ) : (
        words.unused
      )}
    </>
  );
}
