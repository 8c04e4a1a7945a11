import { useState } from "react";
import type { Account, Session } from "#contract/account";
import { personalApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { securityText as words } from "../../lib/text-account.ts";
import { useMe } from "../../lib/use-me.ts";
import { readUserAgent } from "../../lib/user-agent.ts";
import { PasswordInput } from "../account/fields.tsx";
import { Button } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import { AskForm, useFieldError } from "./form.tsx";
import { NoAccount } from "./no-account.tsx";
import { Badge, Row, Section } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

export interface SecurityProps {
  account: Account | null;
  sessions: Session[];
}

const api = personalApi(browserApi);

export default function Security({ account, sessions }: SecurityProps) {
  const passwords = useMe()?.authMode === "LOCAL";
  if (!account) return <NoAccount />;
  return (
    <div className="flex flex-col gap-8">
      {passwords && <Password account={account} />}
      {sessions.length > 0 && <Sessions sessions={sessions} />}
    </div>
  );
}

/** Emptied by a change that was kept, so that no password stays on the page. */
function Password({ account }: { account: Account }) {
  const ask = useAsk();
  const [kept, setKept] = useState(0);
  const send = (form: FormData) => {
    const current = form.get("current");
    return api.changePassword({
      password: String(form.get("password")),
      ...(current === null ? {} : { current: String(current) }),
    });
  };
  return (
    <Section id="password" title={words.password} intro={words.changed}>
      <AskForm
        ask={ask}
        fields={["current", "password"]}
        label={account.hasPassword ? words.change : words.set}
        submit={account.hasPassword ? words.change : words.set}
        onSend={send}
        onDone={() => setKept((times) => times + 1)}
      >
        <input type="hidden" autoComplete="username" value={account.email} readOnly />
        <PasswordFields key={kept} hasPassword={account.hasPassword} />
      </AskForm>
    </Section>
  );
}

function PasswordFields({ hasPassword }: { hasPassword: boolean }) {
  const [currentError, nextError] = [useFieldError("current"), useFieldError("password")];
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {hasPassword && (
        <PasswordInput
          name="current"
          label={words.current}
          error={currentError}
          required
          maxLength={128}
          autoComplete="current-password"
        />
      )}
      <PasswordInput
        name="password"
        label={words.next}
        hint={words.nextHint}
        error={nextError}
        required
        minLength={12}
        maxLength={128}
        autoComplete="new-password"
      />
    </div>
  );
}

function Sessions({ sessions }: { sessions: Session[] }) {
  const ask = useAsk();
  const [asked, setAsked] = useState<Confirmation | null>(null);
  const endOthers = () =>
    setAsked({
      title: words.endOthersAsk,
      detail: words.endOthersDetail,
      action: words.endOthers,
      onConfirm: () => {
        setAsked(null);
        void ask.run(api.endOtherSessions);
      },
    });
  return (
    <Section
      id="sessions"
      title={words.sessions}
      intro={words.sessionsIntro}
      action={
        sessions.length > 1 && (
          <Button look="danger" disabled={ask.busy} onClick={endOthers}>
            {words.endOthers}
          </Button>
        )
      }
    >
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      <ul className="flex flex-col">
        {sessions.map((one) => (
          <SessionRow
            key={one.id}
            session={one}
            busy={ask.busy}
            onEnd={() => void ask.run(() => api.endSession(one.id))}
          />
        ))}
      </ul>
      <Confirm ask={asked} onClose={() => setAsked(null)} />
    </Section>
  );
}

interface SessionRowProps {
  session: Session;
  busy: boolean;
  onEnd: () => void;
}

function SessionRow({ session, busy, onEnd }: SessionRowProps) {
  const { browser, system } = readUserAgent(session.userAgent);
  const named = browser ?? (session.userAgent.slice(0, 60) || words.unknownBrowser);
  const title = system ? words.on(named, system) : named;
  return (
    <Row
      title={title}
      badges={session.current && <Badge look="accent">{words.here}</Badge>}
      facts={
        <>
          {words.network(session.address)} · {words.seen} <Time at={session.seenAt} /> · {words.signedIn}{" "}
          <Time at={session.createdAt} />
        </>
      }
    >
      {!session.current && (
        <Button disabled={busy} aria-label={words.endOne(title)} onClick={onEnd}>
          {words.end}
        </Button>
      )}
    </Row>
  );
}
