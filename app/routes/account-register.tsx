import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirectDocument,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { Card, DevMails, linkClass } from "../components/account/card.tsx";
import { errorOf, FormProblem, PasswordInput, Submit, TextInput } from "../components/account/fields.tsx";
import { accountApi, afterSignIn } from "../lib/account-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.register;

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const session = await answerOf(accountApi(context.api).session(query.get("org")));
  if (session.account) throw redirectDocument(afterSignIn(query));
  return session;
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const org = new URL(request.url).searchParams.get("org");
  const read = (name: string) => String(form.get(name) ?? "").slice(0, 300);
  const [email, name] = [read("email").trim(), read("name").trim()];
  try {
    const api = accountApi(context.api);
    const answer = await api.register({ email, name, password: read("password"), ...(org ? { org } : {}) });
    return data({ next: api.registered.parse(await answer.json()).next, problem: null, email, name });
  } catch (error) {
    if (error instanceof ApiProblem)
      return data({ next: null, problem: error.problem, email, name }, { status: error.status });
    throw error;
  }
}

export default function RegisterPage() {
  const { org, ways, environment } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [query] = useSearchParams();
  const signIn = (
    <>
      {words.hasAccount}{" "}
      <Link to={`/sign-in${query.toString() && `?${query}`}`} className={linkClass}>
        {words.signIn}
      </Link>
    </>
  );
  if (answer?.next === "wait_for_approval") return <Card title={words.waitTitle} lead={words.wait} footer={signIn} />;
  if (answer?.next) {
    return (
      <Card title={words.checkMailTitle} lead={words.checkMail(answer.email)}>
        {environment === "development" && <DevMails />}
      </Card>
    );
  }
  if (!ways.register) return <Card title={words.closed} lead={words.closedDetail} footer={signIn} />;
  return (
    <Card title={org ? words.titleTo(org.name) : words.title} footer={signIn}>
      <RegisterForm />
    </Card>
  );
}

function RegisterForm() {
  const answer = useActionData<typeof action>();
  const busy = useNavigation().state !== "idle";
  const problem = answer?.problem;
  return (
    <Form method="post" className="flex flex-col gap-4" noValidate>
      <FormProblem problem={problem} fields={["email", "name", "password"]} />
      <TextInput
        name="name"
        label={words.name}
        autoComplete="name"
        required
        maxLength={80}
        defaultValue={answer?.name ?? ""}
        error={errorOf(problem, "name")}
      />
      <TextInput
        name="email"
        type="email"
        label={signInText.signIn.email}
        autoComplete="username"
        autoCapitalize="none"
        required
        defaultValue={answer?.email ?? ""}
        error={errorOf(problem, "email")}
      />
      <PasswordInput
        name="password"
        label={signInText.signIn.password}
        hint={words.passwordHint}
        autoComplete="new-password"
        required
        error={errorOf(problem, "password")}
      />
      <Submit busy={busy} busyWords={words.busy}>
        {words.submit}
      </Submit>
    </Form>
  );
}
