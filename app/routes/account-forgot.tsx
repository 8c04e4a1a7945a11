import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { Card, DevMails, linkClass } from "../components/account/card.tsx";
import { errorOf, FormProblem, Submit, TextInput } from "../components/account/fields.tsx";
import { accountApi } from "../lib/account-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.forgot;

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

export async function loader({ context }: LoaderFunctionArgs) {
  const session = await answerOf(accountApi(context.api).session());
  if (!session.ways.password) throw redirect("/sign-in");
  return { development: session.environment === "development" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const email = String((await request.formData()).get("email") ?? "")
    .trim()
    .slice(0, 300);
  try {
    await accountApi(context.api).forgotten(email);
    return data({ sent: true, problem: null, email });
  } catch (error) {
    if (error instanceof ApiProblem)
      return data({ sent: false, problem: error.problem, email }, { status: error.status });
    throw error;
  }
}

export default function Forgot() {
  const { development } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const busy = useNavigation().state !== "idle";
  const back = (
    <Link to="/sign-in" className={linkClass}>
      {words.back}
    </Link>
  );
  if (answer?.sent) {
    return (
      <Card title={words.sentTitle} lead={words.sent(answer.email)} footer={back}>
        {development && <DevMails />}
      </Card>
    );
  }
  return (
    <Card title={words.title} lead={words.detail} footer={back}>
      <Form method="post" className="flex flex-col gap-4" noValidate>
        <FormProblem problem={answer?.problem} fields={["email"]} />
        <TextInput
          name="email"
          type="email"
          label={signInText.signIn.email}
          autoComplete="username"
          autoCapitalize="none"
          required
          defaultValue={answer?.email ?? ""}
          error={errorOf(answer?.problem, "email")}
        />
        <Submit busy={busy} busyWords={words.busy}>
          {words.submit}
        </Submit>
      </Form>
    </Card>
  );
}
