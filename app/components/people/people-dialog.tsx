import { useNavigate } from "@remix-run/react";
import { useEffect, useState } from "react";
import type { Participant } from "#contract/conversation";
import type { OrgMember } from "#contract/membership";
import type { Problem } from "#contract/problem";
import { membersApi } from "../../lib/access-api.ts";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { listChanged } from "../../lib/list-refresh.ts";
import { useHead, useLive, useStore } from "../../lib/live/use-live.ts";
import { peopleText as words } from "../../lib/text-people.ts";
import { useMe } from "../../lib/use-me.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

type PeopleCommand = { type: "participant.add" | "participant.remove"; memberId: string };

type Send = (command: PeopleCommand) => Promise<boolean>;

/** Who takes part, from the live state: what others change shows at once. */
export function PeopleDialog({ onClose }: { onClose: () => void }) {
  const { participants, spaceId } = useHead();
  const guest = useMe()?.member.role === "guest";
  const { busy, problem, send } = useSend();
  const leave = useLeave(send);
  return (
    <Dialog open onOpenChange={onClose} title={words.title}>
      <div className="flex flex-col gap-4 p-4">
        <p className="text-n11">{spaceId === null ? words.seenBy.everybody : words.seenBy.space}</p>
        {problem && <ProblemNotice problem={problem} />}
        <ul className="flex flex-col">
          {participants.map((one) => (
            <Person key={one.memberId} person={one} busy={busy} guest={guest} send={send} onLeave={leave} />
          ))}
        </ul>
        {!guest && <Add participants={participants} busy={busy} send={send} />}
      </div>
    </Dialog>
  );
}

interface PersonProps {
  person: Participant;
  busy: boolean;
  guest: boolean;
  send: Send;
  onLeave: () => void;
}

/** Guests take out only themselves; agents stay. */
function Person({ person: { memberId, kind, name }, busy, guest, send, onLeave }: PersonProps) {
  const me = useStore().memberId;
  const [leaving, setLeaving] = useState<Confirmation | null>(null);
  const self = memberId === me;
  const takeOut = () => send({ type: "participant.remove", memberId });
  const leave = () =>
    setLeaving({
      title: words.leaveAsk,
      detail: words.leaveDetail,
      action: words.leave,
      onConfirm: () => {
        setLeaving(null);
        onLeave();
      },
    });
  return (
    <li className="flex flex-wrap items-center gap-2 border-n6 border-b py-2 last:border-0">
      <span className="min-w-0 flex-1">
        {name}
        {(self || kind !== "human") && (
          <span className="ml-2 rounded-6 bg-n4 px-1.5 text-12">{self ? words.you : words.agent}</span>
        )}
      </span>
      {self && (
        <Button disabled={busy} onClick={leave}>
          {words.leave}
        </Button>
      )}
      {!self && kind === "human" && !guest && (
        <Button disabled={busy} aria-label={words.takeOutOne(name)} onClick={() => void takeOut()}>
          {words.takeOut}
        </Button>
      )}
      <Confirm ask={leaving} onClose={() => setLeaving(null)} />
    </li>
  );
}

interface AddProps {
  participants: Participant[];
  busy: boolean;
  send: Send;
}

/** Everybody of the organisation who is not here yet, guests too: being added is how those see a conversation. */
function Add({ participants, busy, send }: AddProps) {
  const [members, setMembers] = useState<OrgMember[]>([]);
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    let gone = false;
    const keep = ({ items }: { items: OrgMember[] }) => !gone && setMembers(items);
    membersApi(browserApi)
      .members({ state: "active", limit: "200" })
      .then(keep, () => undefined);
    return () => {
      gone = true;
    };
  }, []);
  const others = members.filter(
    (one) => one.kind === "human" && !participants.some(({ memberId }) => memberId === one.id),
  );
  if (others.length === 0) return null;
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void send({ type: "participant.add", memberId: chosen }).then((done) => done && setChosen(""));
      }}
    >
      <select
        required
        className="field min-w-0 flex-1"
        aria-label={words.addSomebody}
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
      >
        <option value="">{words.addSomebody}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.role === "guest" ? words.guest(one.name) : one.name}
          </option>
        ))}
      </select>
      <Button type="submit" disabled={busy}>
        {words.add}
      </Button>
    </form>
  );
}

/**
 * Takes this reader out and off the page. Its socket is closed on the way, so that an answer may never come: what shows that it is
 * done is the state without the reader, or that the reader has no access any more.
 */
function useLeave(send: Send): () => void {
  const memberId = useStore().memberId ?? "";
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const here = useHead().participants.some((one) => one.memberId === memberId);
  const ended = useLive((store) => store.connectionState === "no_access");
  useEffect(() => {
    if (!asked || (here && !ended)) return;
    listChanged();
    navigate("/conversations");
  }, [asked, here, ended, navigate]);
  return () => {
    setAsked(true);
    void send({ type: "participant.remove", memberId }).then((done) => done || setAsked(false));
  };
}

/** Sends one command at a time, and keeps why it was refused. */
function useSend() {
  const store = useStore();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (command: PeopleCommand): Promise<boolean> => {
    setBusy(true);
    const refused = await store.command(command).then(() => null, problemFrom);
    setProblem(refused);
    setBusy(false);
    listChanged();
    return refused === null;
  };
  return { busy, problem, send };
}
