import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { useEffect, useState } from "react";
import type { Problem } from "#contract/problem";
import { agentMode, autonomy, type ExecutorName, executorName } from "#contract/run";
import type { Space } from "#contract/space";
import { PromptField } from "../components/composer/prompt-field.tsx";
import {
  AgentModeOptions,
  AutonomyOptions,
  ExecutorOptions,
  ModelOptions,
} from "../components/composer/settings-pickers.tsx";
import { useAttachments } from "../components/composer/use-attachments.ts";
import { SpaceOptions } from "../components/space-options.tsx";
import { Button } from "../components/ui/button.tsx";
import { Field } from "../components/ui/field.tsx";
import { Notice, ProblemNotice } from "../components/ui/notice.tsx";
import { Page } from "../components/ui/page.tsx";
import { membersApi } from "../lib/access-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { newKey } from "../lib/new-key.ts";
import { text } from "../lib/text.ts";

export { PageError as ErrorBoundary } from "../components/page-error.tsx";

export const meta: MetaFunction = () => [{ title: text.pageTitle(text.start.title) }];

export async function loader({ context }: LoaderFunctionArgs) {
  const [models, repositories, spaces] = await answerOf(
    Promise.all([context.api.models(), context.api.repositories.list(), membersApi(context.api).spacesIfAny()]),
  );
  return {
    models,
    repositories: repositories.items,
    spaces: spaces.filter((one) => one.myRole === "lead" || one.myRole === "member"),
  };
}

/** Makes the conversation and posts its first message under the form's own key: a double click is one message. */
export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const word = (name: string) => String(form.get(name) ?? "").trim();
  const content = word("content");
  if (content === "") return refused({ code: "invalid", detail: text.start.blank });
  const clientId = word("clientId") || newKey();
  const settings = {
    model: word("model"),
    executor: executorName.catch("edge").parse(word("executor")),
    autonomy: autonomy.catch("auto_safe").parse(word("autonomy")),
    ...(word("agentMode") ? { agentMode: agentMode.catch("build").parse(word("agentMode")) } : {}),
    ...(word("spaceId") ? { spaceId: word("spaceId") } : {}),
    ...(word("repositoryId") ? { repositoryId: word("repositoryId") } : {}),
  };
  const made = await context.api.conversations.create(settings, clientId).catch(asProblem);
  if (made instanceof ApiProblem) return refused(made.problem);
  const attachments = form.getAll("attachments").map(String);
  const posted = await context.api.conversations.post(made.id, { clientId, content, attachments }).catch(asProblem);
  if (posted instanceof ApiProblem) return refused(posted.problem);
  return redirect(`/conversations/${made.id}`);
}

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  throw error;
}

function refused(problem: Problem) {
  return data({ problem }, { status: 400 });
}

export default function NewConversation() {
  const { models, repositories, spaces } = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>()?.problem;
  const [params] = useSearchParams();
  const first = models.find((one) => one.isDefault) ?? models[0];
  const [model, setModel] = useState(first?.id ?? "");
  const [engine, setEngine] = useState<ExecutorName>("edge");
  const attachments = useAttachments();
  const demo = models.find((one) => one.id === model)?.demo ?? false;
  return (
    <Page title={text.start.title}>
      <Form
        method="post"
        className="flex flex-col gap-5"
        onSubmit={(event) => attachments.busy && event.preventDefault()}
      >
        <ClientId />
        <Field id="repositoryId" label={text.start.repository}>
          <select
            id="repositoryId"
            name="repositoryId"
            className="field"
            defaultValue={params.get("repository") ?? repositories[0]?.id ?? ""}
          >
            {repositories.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
            <option value="">{text.start.noRepository}</option>
          </select>
          {repositories.length === 0 && (
            <p className="text-12 text-n11">
              {text.start.noRepositories}{" "}
              <Link to="/settings/repositories" className="text-accent underline">
                {text.start.addRepository}
              </Link>
            </p>
          )}
        </Field>
        {spaces.length > 0 && <SpaceField spaces={spaces} />}
        <PromptField model={model} attachments={attachments} />
        <div className="grid gap-4 sm:grid-cols-3">
          <Field id="model" label={text.start.model}>
            <select
              id="model"
              name="model"
              className="field"
              value={model}
              onChange={(event) => setModel(event.target.value)}
            >
              <ModelOptions models={models} value={model} />
            </select>
          </Field>
          <Engine value={engine} onChange={setEngine} />
          <Field id="autonomy" label={text.start.autonomy}>
            <select id="autonomy" name="autonomy" className="field" defaultValue="auto_safe">
              <AutonomyOptions />
            </select>
          </Field>
        </div>
        {engine === "opencode" && <OpenCodeFields />}
        {demo && <Notice>{text.start.demoNote}</Notice>}
        {problem && <ProblemNotice problem={problem} />}
        <SubmitButton waits={attachments.busy} />
      </Form>
    </Page>
  );
}

/** Who will see it: everybody, unless the person chooses a space. */
function SpaceField({ spaces }: { spaces: Space[] }) {
  const [params] = useSearchParams();
  return (
    <Field id="spaceId" label={text.start.space}>
      <select id="spaceId" name="spaceId" className="field" defaultValue={params.get("space") ?? ""}>
        <SpaceOptions spaces={spaces} none={text.start.noSpace} />
      </select>
    </Field>
  );
}

function Engine({ value, onChange }: { value: ExecutorName; onChange: (value: ExecutorName) => void }) {
  return (
    <Field id="executor" label={text.start.engine}>
      <select
        id="executor"
        name="executor"
        className="field"
        value={value}
        onChange={(event) => onChange(executorName.parse(event.target.value))}
      >
        <ExecutorOptions value={value} />
      </select>
    </Field>
  );
}

/** What only OpenCode has, and what choosing it means. */
function OpenCodeFields() {
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field id="agentMode" label={text.start.agentMode}>
        <select id="agentMode" name="agentMode" className="field" defaultValue="build">
          <AgentModeOptions />
        </select>
      </Field>
      <p className="self-end text-12 text-n11 sm:col-span-2">{text.start.openCodeNote}</p>
    </div>
  );
}

function SubmitButton({ waits }: { waits: boolean }) {
  const busy = useNavigation().state !== "idle";
  return (
    <Button type="submit" look="primary" className="self-start" disabled={busy || waits}>
      {busy ? text.start.starting : text.start.submit}
    </Button>
  );
}

/** The key of the first message, made in the browser: the same form sent twice carries the same key. */
function ClientId() {
  const [id, setId] = useState("");
  useEffect(() => setId(newKey()), []);
  return <input type="hidden" name="clientId" value={id} />;
}
