import type { MetaFunction } from "@remix-run/cloudflare";
import { Link } from "@remix-run/react";
import { Card, linkClass } from "../components/account/card.tsx";
import { errorOf, FormProblem, PasswordInput, Submit } from "../components/account/fields.tsx";
import { useCall } from "../components/account/use-call.ts";
import { useSecret } from "../components/account/use-secret.ts";
import { Notice } from "../components/ui/notice.tsx";
import { accountApi, afterSignIn } from "../lib/account-api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.reset;

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

export default function Reset() {
  const token = useSecret();
  const { busy, problem, run } = useCall();
  const again = (
    <Link to="/forgot" className={linkClass}>
      {words.newLink}
    </Link>
  );
  const save = (form: HTMLFormElement) =>
    run(async () => {
      await accountApi(browserApi).reset(token ?? "", String(new FormData(form).get("password") ?? ""));
      window.location.assign(afterSignIn(new URLSearchParams()));
    });
  return (
    <Card title={words.title} lead={words.detail} footer={(token === null || problem?.code === "not_found") && again}>
      <noscript>
        <Notice look="warning">{signInText.needsScript}</Notice>
      </noscript>
      {token === null ? (
        <Notice look="error">{words.noLink}</Notice>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void save(event.currentTarget);
          }}
        >
          <FormProblem problem={problem} fields={["password"]} />
          <PasswordInput
            name="password"
            label={words.password}
            hint={signInText.register.passwordHint}
            autoComplete="new-password"
            required
            error={errorOf(problem, "password")}
          />
          <Submit busy={busy || token === undefined} busyWords={busy ? words.busy : words.submit}>
            {words.submit}
          </Submit>
        </form>
      )}
    </Card>
  );
}
