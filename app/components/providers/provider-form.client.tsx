import { Form, useNavigation } from "@remix-run/react";
import { useRef, useState } from "react";
import type { Problem } from "#contract/problem";
import { type Provider, type ProviderKind, providerKind } from "#contract/provider";
import { browserApi } from "../../lib/browser-api.ts";
import { createOf } from "../../lib/provider-form.ts";
import { settingsApi } from "../../lib/settings-api.ts";
import { text } from "../../lib/text.ts";
import { providerFormText, settingsPagesText } from "../../lib/text-settings-pages.ts";
import { ModelFacts } from "../money/model-facts.tsx";
import { Button } from "../ui/button.tsx";
import { Field, noteId } from "../ui/field.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { useCheck } from "./check.ts";
import CheckResult from "./check-result.client.tsx";

interface ProviderFormProps {
  /** The one to edit; null makes a new one. */
  provider: Provider | null;
  problem: Problem | null;
  onCancel: () => void;
}

const api = settingsApi(browserApi);

const OLLAMA = { kind: "openai_compatible", name: "Ollama", slug: "ollama", baseUrl: "http://localhost:11434/v1" };

export default function ProviderForm({ provider, problem, onCancel }: ProviderFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const busy = useNavigation().state === "submitting";
  const check = useCheck();
  const [typed, setTyped] = useState<{ kind: ProviderKind; names: string[] }>(() => ({
    kind: provider?.kind ?? "anthropic",
    names: provider?.models.map((one) => one.name) ?? [],
  }));
  const read = () => {
    if (!form.current) return;
    const { kind, models } = createOf(new FormData(form.current));
    setTyped({ kind: provider?.kind ?? kind, names: models.map((one) => one.name) });
  };
  const fieldError = (name: string) => problem?.fields?.find((one) => one.field === name)?.message;
  const fill = (values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) setField(form.current, name, value);
    read();
  };
  const ask = () => {
    if (!form.current) return;
    const body = createOf(new FormData(form.current));
    const stored = provider !== null && !body.apiKey;
    void check.run(() => (stored ? api.checkStored(provider.id) : api.check(named(body))));
  };
  return (
    <Form ref={form} method="post" onInput={read} className="flex flex-col gap-4 rounded-10 border border-n6 bg-n2 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="flex-1 font-semibold text-15">
          {provider ? settingsPagesText.models.edit(provider.name) : settingsPagesText.models.add}
        </h3>
        {!provider && <Button onClick={() => fill(OLLAMA)}>{providerFormText.ollama}</Button>}
      </div>
      {provider && <input type="hidden" name="id" value={provider.id} />}
      <Identity provider={provider} slugError={fieldError("slug")} />
      <Access provider={provider} urlError={fieldError("baseUrl")} />
      <ModelNames provider={provider} />
      <ModelFacts {...typed} models={provider?.models ?? []} />
      <CheckResult check={check}>
        {check.result && check.result.models.length > 0 && (
          <button
            type="button"
            className="text-accent underline underline-offset-2"
            onClick={() => fill({ models: check.result?.models.join("\n") ?? "" })}
          >
            {providerFormText.useListed}
          </button>
        )}
      </CheckResult>
      {problem && <ProblemNotice problem={problem} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" disabled={busy}>
          {text.actions.save}
        </Button>
        <Button onClick={ask} disabled={check.busy}>
          {check.busy ? settingsPagesText.models.checking : settingsPagesText.models.check}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {text.actions.cancel}
        </Button>
      </div>
    </Form>
  );
}

function Identity({ provider, slugError }: { provider: Provider | null; slugError: string | undefined }) {
  const kind: ProviderKind = provider?.kind ?? "anthropic";
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field id="kind" label={providerFormText.kind}>
        <select id="kind" name="kind" className="field" defaultValue={kind} disabled={provider !== null}>
          {providerKind.options.map((one) => (
            <option key={one} value={one}>
              {settingsPagesText.models.kinds[one]}
            </option>
          ))}
        </select>
      </Field>
      <Field id="provider-name" label={providerFormText.name}>
        <input id="provider-name" name="name" required maxLength={80} className="field" defaultValue={provider?.name} />
      </Field>
      <Field id="slug" label={providerFormText.slug} hint={providerFormText.slugHint} error={slugError}>
        <input
          id="slug"
          name="slug"
          required={provider === null}
          disabled={provider !== null}
          pattern="[a-z0-9][a-z0-9\-]{0,39}"
          className="field"
          defaultValue={provider?.slug}
          aria-describedby={noteId("slug")}
          aria-invalid={slugError !== undefined}
        />
      </Field>
    </div>
  );
}

function Access({ provider, urlError }: { provider: Provider | null; urlError: string | undefined }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field id="baseUrl" label={providerFormText.baseUrl} hint={providerFormText.baseUrlHint} error={urlError}>
        <input
          id="baseUrl"
          name="baseUrl"
          type="url"
          className="field"
          defaultValue={provider?.baseUrl ?? ""}
          aria-describedby={noteId("baseUrl")}
          aria-invalid={urlError !== undefined}
        />
      </Field>
      <Field
        id="apiKey"
        label={providerFormText.apiKey}
        hint={provider?.key.hasValue ? providerFormText.apiKeyKeep : providerFormText.apiKeyHint}
      >
        <input
          id="apiKey"
          name="apiKey"
          type="password"
          autoComplete="off"
          className="field"
          aria-describedby={noteId("apiKey")}
        />
      </Field>
    </div>
  );
}

function ModelNames({ provider }: { provider: Provider | null }) {
  const [known] = useState(() => JSON.stringify(provider?.models ?? []));
  return (
    <>
      <Field id="models" label={providerFormText.modelNames} hint={providerFormText.modelNamesHint}>
        <textarea
          id="models"
          name="models"
          rows={4}
          className="field font-mono text-12"
          defaultValue={provider?.models.map((one) => one.name).join("\n")}
          aria-describedby={noteId("models")}
        />
      </Field>
      <input type="hidden" name="knownModels" value={known} />
      <label htmlFor="enabled" className="flex items-center gap-2">
        <input
          id="enabled"
          type="checkbox"
          name="enabled"
          defaultChecked={provider?.enabled ?? true}
          className="accent-accent"
        />
        {providerFormText.enabled}
      </label>
    </>
  );
}

function setField(form: HTMLFormElement | null, name: string, value: string): void {
  const field = form?.elements.namedItem(name);
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement)
    field.value = value;
}

/** A check needs no name; the contract does. */
function named<T extends { name: string; slug: string }>(body: T): T {
  return { ...body, name: body.name || "check", slug: body.slug || "check" };
}
