import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { useEffect, useState } from "react";
import { Card, linkClass } from "../components/account/card.tsx";
import { errorOf, FormProblem, PasswordInput, Submit, TextInput } from "../components/account/fields.tsx";
import { useCall } from "../components/account/use-call.ts";
import { useSecret } from "../components/account/use-secret.ts";
import { Button } from "../components/ui/button.tsx";
import { Notice } from "../components/ui/notice.tsx";
import { accountApi, type InvitationRead } from "../lib/account-api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.invitation;
const KEPT = "quayside.invitation";
const api = accountApi(browserApi);

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

export async function loader({ context }: LoaderFunctionArgs) {
  return answerOf(accountApi(context.api).session());
}

export default function Invitation() {
  const { account } = useLoaderData<typeof loader>();
  const token = useSecret(KEPT);
  const { problem, run } = useCall();
  const [read, setRead] = useState<InvitationRead | null>(null);
  const asked = useReadOnce(token, (found) => run(async () => setRead(await api.readInvitation(found))));
  if (token === null || (problem && asked)) return <Card title={words.gone} lead={words.goneDetail} />;
  if (!token || !read) {
    return (
      <Card title={words.title}>
        <noscript>
          <Notice look="warning">{signInText.needsScript}</Notice>
        </noscript>
        <p role="status" className="text-n11">
          {words.busy}
        </p>
      </Card>
    );
  }
  return (
    <Card title={words.titleTo(read.org.name)} lead={words.as(read.email, read.role)}>
      <Answer token={token} read={read} signedInAs={account?.email ?? null} />
    </Card>
  );
}

interface Known {
  token: string;
  read: InvitationRead;
  signedInAs: string | null;
}

function Answer({ token, read, signedInAs }: Known) {
  if (signedInAs === null) return <Newcomer token={token} read={read} />;
  if (signedInAs !== read.email) return <OtherAccount email={signedInAs} />;
  return <Accept token={token} />;
}

function Accept({ token }: { token: string }) {
  const { busy, problem, run } = useCall();
  const accept = () =>
    run(async () => {
      const { url } = await api.acceptInvitation(token);
      window.sessionStorage.removeItem(KEPT);
      window.location.assign(url);
    });
  return (
    <>
      <FormProblem problem={problem} fields={[]} />
      <Button look="primary" className="h-10" disabled={busy} onClick={() => void accept()}>
        {busy ? words.accepting : words.accept}
      </Button>
    </>
  );
}

function OtherAccount({ email }: { email: string }) {
  const { busy, problem, run } = useCall();
  const signOut = () =>
    run(async () => {
      await api.signOut();
      window.location.reload();
    });
  return (
    <>
      <Notice look="warning">{words.otherAccount(email)}</Notice>
      <FormProblem problem={problem} fields={[]} />
      <Button className="h-10" disabled={busy} onClick={() => void signOut()}>
        {words.signOut}
      </Button>
    </>
  );
}

/** Without passwords the person signs in at a provider and comes back here. */
function Newcomer({ token, read }: Pick<Known, "token" | "read">) {
  const { ways } = useLoaderData<typeof loader>();
  const { busy, problem, run } = useCall();
  const signIn = (
    <Link to="/sign-in?next=invitation" className={`self-center text-13 ${linkClass}`}>
      {words.haveAccount}
    </Link>
  );
  if (!ways.password) return signIn;
  const register = (form: FormData) =>
    run(async () => {
      const value = (name: string) => String(form.get(name) ?? "").trim();
      const password = String(form.get("password") ?? "");
      await api.register({ email: read.email, name: value("name"), password, invitation: token });
      window.sessionStorage.removeItem(KEPT);
      window.location.assign(`/enter?${new URLSearchParams({ org: read.org.slug })}`);
    });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void register(new FormData(event.currentTarget));
      }}
    >
      <p className="text-13 text-n11">{words.register}</p>
      <FormProblem problem={problem} fields={["name", "password"]} />
      <input type="hidden" name="email" autoComplete="username" value={read.email} readOnly />
      <TextInput
        name="name"
        label={signInText.register.name}
        autoComplete="name"
        required
        maxLength={80}
        error={errorOf(problem, "name")}
      />
      <PasswordInput
        name="password"
        label={signInText.signIn.password}
        hint={signInText.register.passwordHint}
        autoComplete="new-password"
        required
        error={errorOf(problem, "password")}
      />
      <Submit busy={busy} busyWords={signInText.register.busy}>
        {words.accept}
      </Submit>
      {signIn}
    </form>
  );
}

/** Reads as soon as the secret is known; whether it has begun. */
function useReadOnce(token: string | null | undefined, read: (token: string) => Promise<void>): boolean {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!token || asked) return;
    setAsked(true);
    void read(token);
  }, [token, asked, read]);
  return asked;
}
