import { Form, Link, useNavigation } from "@remix-run/react";
import { useState } from "react";
import type { Invitation, OrgMember } from "#contract/membership";
import type { Page } from "#contract/page";
import { type MemberQuery, membersApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { roleNames, stateNames, membersText as words } from "../../lib/text-members.ts";
import { useMe } from "../../lib/use-me.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Empty } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { Invitations } from "./invitations.tsx";
import { InviteForm } from "./invite-form.tsx";
import { MemberDialog } from "./member-dialog.tsx";
import { Badge, Row, Section } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

export interface MembersProps {
  page: Page<OrgMember>;
  waiting: OrgMember[];
  invitations: Invitation[];
  filter: MemberQuery;
}

const api = membersApi(browserApi);

export default function Members({ page, waiting, invitations, filter }: MembersProps) {
  const [inviting, setInviting] = useState(false);
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-wrap items-start gap-4">
        <p className="min-w-0 flex-1 basis-60 text-n11">{words.intro}</p>
        {!inviting && (
          <Button look="primary" onClick={() => setInviting(true)}>
            {words.invite}
          </Button>
        )}
      </div>
      {inviting && <InviteForm onClose={() => setInviting(false)} />}
      {waiting.length > 0 && <Waiting members={waiting} />}
      <List page={page} filter={filter} />
      <Invitations invitations={invitations} />
    </div>
  );
}

/** Those who cannot do anything yet come first. */
function Waiting({ members }: { members: OrgMember[] }) {
  const ask = useAsk();
  const [turning, setTurning] = useState<Confirmation | null>(null);
  const turnAway = ({ id, name }: OrgMember) =>
    setTurning({
      title: `${words.turnAwayOne(name)}?`,
      detail: words.turnAwayDetail,
      action: words.turnAway,
      onConfirm: () => {
        setTurning(null);
        void ask.run(() => api.remove(id));
      },
    });
  return (
    <section
      aria-labelledby="waiting"
      className="flex flex-col gap-2 rounded-10 border border-amber-line bg-amber-soft px-4 pt-3 pb-1"
    >
      <h2 id="waiting" className="font-semibold text-18">
        {words.waiting} ({members.length})
      </h2>
      <p>{words.waitingIntro}</p>
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      <ul>
        {members.map((one) => (
          <Row key={one.id} title={one.name} facts={<Facts member={one} />}>
            <Button
              look="primary"
              disabled={ask.busy}
              aria-label={words.letInOne(one.name)}
              onClick={() => ask.run(() => api.change(one.id, one.rev, { state: "active" }))}
            >
              {words.letIn}
            </Button>
            <Button
              look="danger"
              disabled={ask.busy}
              aria-label={words.turnAwayOne(one.name)}
              onClick={() => turnAway(one)}
            >
              {words.turnAway}
            </Button>
          </Row>
        ))}
      </ul>
      <Confirm ask={turning} onClose={() => setTurning(null)} />
    </section>
  );
}

function List({ page, filter }: Pick<MembersProps, "page" | "filter">) {
  const me = useMe()?.member.id;
  const [chosen, setChosen] = useState<string | null>(null);
  const managed = page.items.find((one) => one.id === chosen);
  const next = new URLSearchParams({ ...filter, cursor: page.nextCursor ?? "" });
  return (
    <Section id="members" title={words.list}>
      <Filters key={JSON.stringify(filter)} filter={filter} />
      {page.items.length === 0 ? (
        <Empty title={words.none} detail={words.noneDetail} />
      ) : (
        <ul className="flex flex-col">
          {page.items.map((one) => (
            <Row key={one.id} title={one.name} badges={<Badges member={one} me={me} />} facts={<Facts member={one} />}>
              {one.kind === "human" && one.state !== "removed" && (
                <Button aria-label={words.manageOne(one.name)} onClick={() => setChosen(one.id)}>
                  {words.manage}
                </Button>
              )}
            </Row>
          ))}
        </ul>
      )}
      <div className="flex gap-2">
        {filter.cursor !== "" && (
          <Link to={`?${new URLSearchParams({ ...filter, cursor: "" })}`} className={buttonClass()}>
            {words.first}
          </Link>
        )}
        {page.nextCursor && (
          <Link to={`?${next}`} className={buttonClass()}>
            {words.more}
          </Link>
        )}
      </div>
      {managed && <MemberDialog key={managed.id} member={managed} onClose={() => setChosen(null)} />}
    </Section>
  );
}

function Badges({ member, me }: { member: OrgMember; me: string | undefined }) {
  return (
    <>
      <Badge look={member.role === "owner" || member.role === "admin" ? "accent" : "plain"}>
        {roleNames[member.role]}
      </Badge>
      {member.kind !== "human" && <Badge>{words.agent}</Badge>}
      {member.state !== "active" && <Badge look="amber">{stateNames[member.state]}</Badge>}
      {member.id === me && <Badge>{words.you}</Badge>}
    </>
  );
}

function Facts({ member }: { member: OrgMember }) {
  return (
    <>
      {member.kind === "human" && <>{member.email ?? words.noEmail} · </>}
      {words.since[member.state]} <Time at={member.createdAt} />
    </>
  );
}

/** The address holds the filter, so that it can be shared. */
function Filters({ filter }: { filter: MemberQuery }) {
  const busy = useNavigation().state === "loading";
  const filtered = filter.q !== "" || filter.role !== "" || filter.state !== "";
  return (
    <Form role="search" aria-busy={busy} className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        name="q"
        defaultValue={filter.q}
        aria-label={words.search}
        placeholder={words.search}
        className="field min-w-0 flex-1 basis-48"
      />
      <span className="flex min-w-0 flex-1 basis-56 gap-2">
        <select name="role" defaultValue={filter.role} aria-label={words.role} className="field">
          <option value="">{words.anyRole}</option>
          <Options of={roleNames} />
        </select>
        <select name="state" defaultValue={filter.state} aria-label={words.state} className="field">
          <option value="">{words.anyState}</option>
          <Options of={stateNames} />
        </select>
      </span>
      <Button type="submit">{words.show}</Button>
      {filtered && (
        <Link to="?" className={buttonClass("quiet")}>
          {words.clear}
        </Link>
      )}
    </Form>
  );
}

function Options({ of }: { of: Record<string, string> }) {
  return Object.entries(of).map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}
