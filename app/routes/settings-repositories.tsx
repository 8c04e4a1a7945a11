import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Repository } from "#contract/repository";
import { Button, buttonClass } from "../components/ui/button.tsx";
import { Field, noteId } from "../components/ui/field.tsx";
import { Notice, ProblemNotice } from "../components/ui/notice.tsx";
import { Empty } from "../components/ui/page.tsx";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";
import { useMe } from "../lib/use-me.ts";

export const meta: MetaFunction = () => [{ title: text.pageTitle(settingsPagesText.repositories.title) }];

export async function loader({ context }: LoaderFunctionArgs) {
  return { repositories: (await answerOf(context.api.repositories.list())).items };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const word = (name: string) => String(form.get(name) ?? "").trim();
  const id = word("repositoryId");
  try {
    if (id !== "") {
      const allowedHosts = word("allowedHosts")
        .split(/[\s,]+/)
        .filter(Boolean);
      await context.api.repositories.patch(id, { allowedHosts });
      return data({ added: null, saved: id, problem: null });
    }
    const made = await context.api.repositories.create({
      cloneUrl: word("cloneUrl"),
      ...(word("defaultBranch") ? { defaultBranch: word("defaultBranch") } : {}),
      ...(word("name") ? { name: word("name") } : {}),
    });
    return data({ added: made.name, saved: null, problem: null });
  } catch (error) {
    if (error instanceof ApiProblem) {
      const answer = { added: null, saved: id === "" ? null : id, problem: error.problem };
      return data(answer, { status: error.status });
    }
    throw error;
  }
}

export default function Repositories() {
  const { repositories } = useLoaderData<typeof loader>();
  const role = useMe()?.member.role;
  const admin = role === "admin" || role === "owner";
  return (
    <div className="flex flex-col gap-8">
      <p className="text-n11">{settingsPagesText.repositories.intro}</p>
      {repositories.length === 0 ? (
        <Empty title={settingsPagesText.repositories.emptyTitle} detail={settingsPagesText.repositories.emptyDetail} />
      ) : (
        <ul className="flex flex-col">
          {repositories.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-3 border-n6 border-b py-3 last:border-0">
              <span className="min-w-0 flex-1 basis-60">
                <span className="block truncate font-medium text-15">{one.name}</span>
                <span className="block truncate font-mono text-12 text-n11" title={one.cloneUrl}>
                  {one.cloneUrl}
                </span>
                <span className="text-12 text-n11">{one.defaultBranch}</span>
              </span>
              <Link to={`/conversations/new?repository=${one.id}`} className={buttonClass("plain")}>
                {settingsPagesText.repositories.start}
              </Link>
              {admin && <HostsForm repository={one} />}
            </li>
          ))}
        </ul>
      )}
      <AddForm />
    </div>
  );
}

/** What its containers may reach. It is folded away: most repositories need nothing. */
function HostsForm({ repository }: { repository: Repository }) {
  const answer = useActionData<typeof action>();
  const mine = answer?.saved === repository.id ? answer : null;
  const id = `hosts-${repository.id}`;
  const wrong = mine?.problem?.fields?.[0];
  const at = Number(wrong?.field.split(".")[1]);
  const error = wrong && `${Number.isNaN(at) ? "" : settingsPagesText.repositories.hostAt(at + 1)}${wrong.message}`;
  return (
    <details className="basis-full text-13" open={mine !== null}>
      <summary className="w-fit cursor-pointer rounded-6 py-1 text-n11 hover:text-n12">
        {settingsPagesText.repositories.hosts(repository.allowedHosts.length)}
      </summary>
      <Form method="post" className="flex flex-col gap-2 pt-2">
        <input type="hidden" name="repositoryId" value={repository.id} />
        <Field
          id={id}
          label={settingsPagesText.repositories.hostsLabel}
          hint={settingsPagesText.repositories.hostsHint}
          error={error}
        >
          <textarea
            id={id}
            name="allowedHosts"
            rows={3}
            className="field font-mono text-13"
            spellCheck={false}
            defaultValue={repository.allowedHosts.join("\n")}
            {...described(id, error)}
          />
        </Field>
        {mine && !mine.problem && <Notice look="good">{settingsPagesText.repositories.hostsSaved}</Notice>}
        {mine?.problem && !error && <ProblemNotice problem={mine.problem} />}
        <Button type="submit" className="self-start">
          {text.actions.save}
        </Button>
      </Form>
    </details>
  );
}

function AddForm() {
  const found = useActionData<typeof action>();
  const answer = found?.saved ? undefined : found;
  const busy = useNavigation().state === "submitting";
  const form = useRef<HTMLFormElement>(null);
  const errors = Object.fromEntries(
    (answer?.problem?.fields ?? []).map((one) => [one.field, text.fieldError(one.message)]),
  );
  useEffect(() => {
    if (answer?.added) form.current?.reset();
  }, [answer]);
  return (
    <Form ref={form} method="post" className="flex flex-col gap-4" aria-labelledby="add-repository">
      <h2 id="add-repository" className="font-semibold text-18">
        {settingsPagesText.repositories.add}
      </h2>
      <Field
        id="cloneUrl"
        label={settingsPagesText.repositories.cloneUrl}
        hint={settingsPagesText.repositories.cloneUrlHint}
        error={errors.cloneUrl}
      >
        <input id="cloneUrl" name="cloneUrl" required className="field" {...described("cloneUrl", errors.cloneUrl)} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          id="name"
          label={settingsPagesText.repositories.name}
          hint={settingsPagesText.repositories.nameHint}
          error={errors.name}
        >
          <input id="name" name="name" className="field" {...described("name", errors.name)} />
        </Field>
        <Field
          id="defaultBranch"
          label={settingsPagesText.repositories.branch}
          hint={settingsPagesText.repositories.branchHint}
          error={errors.defaultBranch}
        >
          <input
            id="defaultBranch"
            name="defaultBranch"
            defaultValue="main"
            className="field"
            {...described("defaultBranch", errors.defaultBranch)}
          />
        </Field>
      </div>
      {answer?.problem && Object.keys(errors).length === 0 && <ProblemNotice problem={answer.problem} />}
      {answer?.added && <Notice look="good">{settingsPagesText.repositories.added(answer.added)}</Notice>}
      <Button type="submit" look="primary" className="self-start" disabled={busy}>
        {settingsPagesText.repositories.submit}
      </Button>
    </Form>
  );
}

function described(id: string, error: string | undefined) {
  return { "aria-describedby": noteId(id), "aria-invalid": error !== undefined };
}
