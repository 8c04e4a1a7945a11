import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
  redirectDocument,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { useEffect, useState } from "react";
import type { SlugCheck } from "#contract/org";
import { Card, linkClass } from "../components/account/card.tsx";
import { errorOf, FormProblem, Submit, TextInput } from "../components/account/fields.tsx";
import { Button } from "../components/ui/button.tsx";
import { Notice } from "../components/ui/notice.tsx";
import { accountApi } from "../lib/account-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.create;
const api = accountApi(browserApi);

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { account } = await answerOf(accountApi(context.api).session());
  if (!account) throw redirect("/sign-in");
  const { mayCreate } = await answerOf(accountApi(context.api).orgs());
  return { mayCreate, base: new URL(request.url).host.replace(/^app\./, "") };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const read = (name: string) =>
    String(form.get(name) ?? "")
      .trim()
      .slice(0, 200);
  const [name, slug] = [read("name"), read("slug").toLowerCase()];
  try {
    return redirectDocument((await accountApi(context.api).createOrg({ name, slug })).url);
  } catch (error) {
    if (error instanceof ApiProblem) return data({ problem: error.problem, name, slug }, { status: error.status });
    throw error;
  }
}

export default function NewOrganisation() {
  const { mayCreate, base } = useLoaderData<typeof loader>();
  const back = (
    <Link to="/organisations" className={linkClass}>
      {words.back}
    </Link>
  );
  if (!mayCreate) return <Card title={words.title} lead={words.closed} footer={back} />;
  return (
    <Card title={words.title} footer={back}>
      <CreateForm base={base} />
    </Card>
  );
}

function CreateForm({ base }: { base: string }) {
  const answer = useActionData<typeof action>();
  const busy = useNavigation().state !== "idle";
  const [slug, setSlug] = useState(answer?.slug ?? "");
  /** The address follows the name until somebody writes one. */
  const [own, setOwn] = useState(false);
  const checked = useSlugCheck(slug);
  const refused = errorOf(answer?.problem, "slug");
  return (
    <Form method="post" className="flex flex-col gap-4" noValidate>
      <FormProblem problem={answer?.problem} fields={["name", "slug"]} />
      <TextInput
        name="name"
        label={words.name}
        placeholder={words.namePlaceholder}
        required
        maxLength={80}
        autoComplete="organization"
        defaultValue={answer?.name ?? ""}
        error={errorOf(answer?.problem, "name")}
        onChange={(event) => {
          if (!own) setSlug(slugOf(event.currentTarget.value));
        }}
      />
      <TextInput
        name="slug"
        label={words.slug}
        required
        maxLength={40}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={slug}
        hint={words.slugHint(`${slug || "acme"}.${base}`)}
        error={slug === answer?.slug ? refused : undefined}
        onChange={(event) => {
          setOwn(true);
          setSlug(event.currentTarget.value.toLowerCase());
        }}
      />
      <Checked slug={slug} check={checked} choose={setSlug} />
      <Submit busy={busy} busyWords={words.busy}>
        {words.submit}
      </Submit>
    </Form>
  );
}

interface CheckedProps {
  slug: string;
  check: SlugCheck | null;
  choose(slug: string): void;
}

function Checked({ slug, check, choose }: CheckedProps) {
  if (slug === "") return null;
  const state = check?.state ?? "checking";
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <Notice look={state === "available" ? "good" : state === "checking" ? "info" : "warning"}>
        {words.states[state]}
      </Notice>
      {check && check.suggestions.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-13 text-n11">{words.instead}</span>
          {check.suggestions.map((one) => (
            <Button key={one} onClick={() => choose(one)}>
              {one}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

/** What is known of a name a moment after the last change of it; null until then. */
function useSlugCheck(slug: string): SlugCheck | null {
  const [known, setKnown] = useState<{ slug: string; check: SlugCheck } | null>(null);
  useEffect(() => {
    if (slug === "") return;
    const leave = new AbortController();
    const timer = setTimeout(() => {
      api
        .checkSlug(slug, leave.signal)
        .then((check) => setKnown({ slug, check }))
        .catch(() => setKnown(null));
    }, 300);
    return () => {
      clearTimeout(timer);
      leave.abort();
    };
  }, [slug]);
  return known?.slug === slug ? known.check : null;
}

function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
}
