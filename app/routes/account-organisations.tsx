import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
  redirectDocument,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { ChevronRight } from "lucide-react";
import type { MyOrg } from "#contract/org";
import { Card, linkClass } from "../components/account/card.tsx";
import { FormProblem } from "../components/account/fields.tsx";
import { Button, buttonClass } from "../components/ui/button.tsx";
import { accountApi, cookiesOf, signOutTarget } from "../lib/account-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.organisations;

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

/** Who comes from the sign-in and has one place to go is taken there; who opens this page chooses. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const api = accountApi(context.api);
  const { account } = await answerOf(api.session());
  if (!account) throw redirect("/sign-in");
  const { items, mayCreate } = await answerOf(api.orgs());
  const [only, ...more] = items;
  const fromSignIn = new URL(request.url).searchParams.get("from") === "sign-in";
  if (fromSignIn && only && more.length === 0 && isOpen(only)) throw redirectDocument(only.url);
  return { email: account.email, items, mayCreate };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const api = accountApi(context.api);
  try {
    if (form.get("intent") === "restore") {
      await api.restoreOrg(String(form.get("id")));
      return data({ problem: null });
    }
    const answer = await api.signOut();
    return redirectDocument(await signOutTarget(answer), { headers: cookiesOf(answer) });
  } catch (error) {
    if (error instanceof ApiProblem) return data({ problem: error.problem }, { status: error.status });
    throw error;
  }
}

export default function Organisations() {
  const { email, items, mayCreate } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <Card
      title={words.title}
      footer={
        <Form method="post">
          {words.signedInAs(email)} ·{" "}
          <button type="submit" name="intent" value="sign-out" className={linkClass}>
            {words.signOut}
          </button>
        </Form>
      }
    >
      <FormProblem problem={answer?.problem} fields={[]} />
      {items.length === 0 ? (
        <div className="flex flex-col gap-1">
          <p className="font-medium text-15">{words.empty}</p>
          <p className="text-n11">{mayCreate ? words.emptyCreate : words.emptyWait}</p>
        </div>
      ) : (
        <ul className="-mx-3 flex flex-col">
          {items.map((one) => (
            <li key={one.id}>
              <OrgRow org={one} />
            </li>
          ))}
        </ul>
      )}
      {mayCreate && (
        <Link
          to="/organisations/new"
          className={buttonClass(items.length === 0 ? "primary" : "plain", "h-10 self-start")}
        >
          {words.create}
        </Link>
      )}
    </Card>
  );
}

const isOpen = (org: Pick<MyOrg, "state" | "deletedAt">) => org.state === "active" && org.deletedAt === null;

function OrgRow({ org }: { org: MyOrg }) {
  const row = "flex min-h-12 items-center gap-3 rounded-6 px-3 py-2";
  const names = (
    <span className="min-w-0 flex-1">
      <span className="block truncate font-medium text-15">{org.name}</span>
      <span className="block truncate text-12 text-n11">{stateOf(org)}</span>
    </span>
  );
  if (isOpen(org)) {
    return (
      <a href={org.url} className={`${row} hover:bg-n3`}>
        {names}
        <ChevronRight size={16} className="text-n11" aria-hidden />
      </a>
    );
  }
  return (
    <div className={row}>
      {names}
      {org.deletedAt !== null && (
        <Form method="post">
          <input type="hidden" name="id" value={org.id} />
          <Button type="submit" name="intent" value="restore">
            {words.takeBack}
          </Button>
        </Form>
      )}
    </div>
  );
}

function stateOf(org: MyOrg): string {
  if (org.deletedAt !== null) return words.deleted(org.deletedAt.slice(0, 10));
  if (org.state === "pending") return words.waiting;
  if (org.state === "suspended") return words.suspended;
  return `${words.role(org.role)} · ${new URL(org.url).host}`;
}
