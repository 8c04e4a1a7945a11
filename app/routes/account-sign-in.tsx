import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirectDocument,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { Card, linkClass } from "../components/account/card.tsx";
import { errorOf, FormProblem, PasswordInput, Submit, TextInput } from "../components/account/fields.tsx";
import { buttonClass } from "../components/ui/button.tsx";
import { Notice } from "../components/ui/notice.tsx";
import { accountApi, afterSignIn, cookiesOf } from "../lib/account-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.signIn;

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const session = await answerOf(accountApi(context.api).session(query.get("org")));
  if (session.account && !query.has("error")) throw redirectDocument(afterSignIn(query));
  return session;
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const [email, password] = ["email", "password"].map((name) => String(form.get(name) ?? "").slice(0, 300));
  try {
    const answer = await accountApi(context.api).signIn({ email: email?.trim() ?? "", password: password ?? "" });
    return redirectDocument(afterSignIn(new URL(request.url).searchParams), { headers: cookiesOf(answer) });
  } catch (error) {
    if (error instanceof ApiProblem) return data({ problem: error.problem, email }, { status: error.status });
    throw error;
  }
}

export default function SignIn() {
  const { org, ways, account } = useLoaderData<typeof loader>();
  const [query] = useSearchParams();
  const error = query.get("error");
  const search = query.toString() && `?${query}`;
  const nowhere = !ways.password && ways.providers.length === 0;
  return (
    <Card
      title={org ? words.titleTo(org.name) : words.title}
      footer={
        ways.register && (
          <>
            {words.toRegister}{" "}
            <Link to={`/register${search}`} className={linkClass}>
              {words.register}
            </Link>
          </>
        )
      }
    >
      {error !== null && <Notice look="error">{words.errors[error] ?? words.errors.other}</Notice>}
      {account ? (
        <a href={afterSignIn(query)} className={buttonClass("primary", "h-10")}>
          {words.again}
        </a>
      ) : (
        <>
          <Providers providers={ways.providers} query={query} />
          {ways.password && ways.providers.length > 0 && <p className="text-center text-13 text-n11">{words.or}</p>}
          {ways.password && <PasswordForm />}
          {nowhere && <Notice>{words.noWay}</Notice>}
        </>
      )}
    </Card>
  );
}

type Ways = { id: string; name: string; own: boolean; url: string }[];

function Providers({ providers, query }: { providers: Ways; query: URLSearchParams }) {
  if (providers.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {providers.map((one) => (
        <a key={one.url} href={withTarget(one, query)} className={buttonClass("plain", "h-10 text-15")}>
          {words.with(one.name)}
        </a>
      ))}
    </div>
  );
}

/** What the person wanted goes along to the provider and back: to a page of the org's host where the provider is its own. */
function withTarget(way: Ways[number], query: URLSearchParams): string {
  const url = new URL(way.url);
  url.searchParams.set("to", way.own ? (query.get("to") ?? "/") : afterSignIn(query));
  return url.href;
}

function PasswordForm() {
  const answer = useActionData<typeof action>();
  const busy = useNavigation().state !== "idle";
  const problem = answer?.problem;
  const pending = problem?.reason === "account_pending";
  return (
    <Form method="post" className="flex flex-col gap-4" noValidate>
      {pending ? (
        <Notice look="warning">
          <p className="font-medium">{words.pendingTitle}</p>
          <p>{words.pending}</p>
        </Notice>
      ) : (
        <FormProblem problem={problem} fields={["email", "password"]} />
      )}
      <TextInput
        name="email"
        type="email"
        label={words.email}
        autoComplete="username"
        autoCapitalize="none"
        required
        defaultValue={answer?.email ?? ""}
        error={errorOf(problem, "email")}
      />
      <div className="flex flex-col gap-1">
        <PasswordInput
          name="password"
          label={words.password}
          autoComplete="current-password"
          required
          error={errorOf(problem, "password")}
        />
        <Link to="/forgot" className={`self-start text-12 ${linkClass}`}>
          {words.forgot}
        </Link>
      </div>
      <Submit busy={busy} busyWords={words.busy}>
        {words.submit}
      </Submit>
    </Form>
  );
}
