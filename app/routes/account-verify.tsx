import type { MetaFunction } from "@remix-run/cloudflare";
import { Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { Card, linkClass } from "../components/account/card.tsx";
import { useCall } from "../components/account/use-call.ts";
import { useSecret } from "../components/account/use-secret.ts";
import { Notice } from "../components/ui/notice.tsx";
import { accountApi, afterSignIn } from "../lib/account-api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.verify;

export const meta: MetaFunction = () => [{ title: text.pageTitle(words.title) }];

/** The link is used by the page and not by fetching it: programs that look into mails leave it whole. */
export default function Verify() {
  const token = useSecret();
  const { problem, run } = useCall();
  const used = useRef(false);
  useEffect(() => {
    if (!token || used.current) return;
    used.current = true;
    void run(async () => {
      await accountApi(browserApi).verify(token);
      window.location.assign(afterSignIn(new URLSearchParams()));
    });
  });
  const failed = token === null || problem !== null;
  return (
    <Card
      title={failed ? words.failed : words.title}
      footer={
        failed && (
          <Link to="/sign-in" className={linkClass}>
            {words.back}
          </Link>
        )
      }
    >
      <noscript>
        <Notice look="warning">{signInText.needsScript}</Notice>
      </noscript>
      {failed ? (
        <Notice look="error">{problem?.detail ?? signInText.reset.noLink}</Notice>
      ) : (
        <p role="status" className="text-n11">
          {words.busy}
        </p>
      )}
    </Card>
  );
}
