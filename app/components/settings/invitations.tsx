import { useState } from "react";
import type { Invitation } from "#contract/membership";
import { membersApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { roleNames, invitationsText as words } from "../../lib/text-members.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Empty } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { Badge, Row, Section } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

/** Invitations and what became of them. */
export function Invitations({ invitations }: { invitations: Invitation[] }) {
  const ask = useAsk();
  const [revoking, setRevoking] = useState<Confirmation | null>(null);
  const revoke = ({ id }: Invitation) =>
    setRevoking({
      title: words.revokeAsk,
      detail: words.revokeDetail,
      action: words.revoke,
      onConfirm: () => {
        setRevoking(null);
        void ask.run(() => membersApi(browserApi).revokeInvitation(id));
      },
    });
  return (
    <Section id="invitations" title={words.title} intro={words.intro}>
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      {invitations.length === 0 && <Empty title={words.none} detail={words.noneDetail} />}
      <ul className="flex flex-col">
        {invitations.map((one) => (
          <Row
            key={one.id}
            title={one.email}
            badges={
              <>
                <Badge>{roleNames[one.role]}</Badge>
                <Badge look={one.state === "open" ? "accent" : "plain"}>{words.states[one.state]}</Badge>
              </>
            }
            facts={
              <>
                {words.sentAt} <Time at={one.createdAt} />
                {one.state === "open" && <> · {words.until(one.expiresAt.slice(0, 10))}</>}
              </>
            }
          >
            {one.state === "open" && (
              <Button
                look="danger"
                disabled={ask.busy}
                aria-label={words.revokeOne(one.email)}
                onClick={() => revoke(one)}
              >
                {words.revoke}
              </Button>
            )}
          </Row>
        ))}
      </ul>
      <Confirm ask={revoking} onClose={() => setRevoking(null)} />
    </Section>
  );
}
