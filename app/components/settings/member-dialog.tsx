import { type ReactNode, useState } from "react";
import { type OrgRole, orgRole } from "#contract/member";
import type { MemberPatch, OrgMember } from "#contract/membership";
import { membersApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { roleHints, roleNames, membersText as words } from "../../lib/text-members.ts";
import { useMe } from "../../lib/use-me.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { AskForm, SelectField, TextField, wordOf } from "./form.tsx";
import { useAsk } from "./use-ask.ts";

const api = membersApi(browserApi);

interface MemberDialogProps {
  member: OrgMember;
  onClose: () => void;
}

/** What can be done with one member. What the rules forbid is refused by the api, which says why. */
export function MemberDialog({ member, onClose }: MemberDialogProps) {
  return (
    <Dialog open onOpenChange={onClose} title={member.name}>
      <div className="flex flex-col gap-6 p-4">
        <Facts key={member.rev} member={member} onClose={onClose} />
        <Ends member={member} onClose={onClose} />
      </div>
    </Dialog>
  );
}

/** Begun anew where the member is another by now: nobody changes what they have not seen. */
function Facts({ member, onClose }: MemberDialogProps) {
  const { id, rev, name, role } = member;
  const ask = useAsk();
  const [chosen, setChosen] = useState<OrgRole>(role);
  return (
    <AskForm
      ask={ask}
      fields={["name", "role"]}
      label={words.manageOne(name)}
      submit={words.saveChanges}
      onSend={(form) => api.change(id, rev, changesOf(member, form))}
      onDone={onClose}
    >
      <TextField name="name" label={words.rename} defaultValue={name} required maxLength={80} />
      <SelectField
        name="role"
        label={words.role}
        hint={roleHints[chosen]}
        options={orgRole.options.map((one) => [one, roleNames[one]] as const)}
        value={chosen}
        onChange={(event) => setChosen(orgRole.parse(event.target.value))}
      />
    </AskForm>
  );
}

function changesOf(member: OrgMember, form: FormData): MemberPatch {
  const name = wordOf(form, "name");
  const role = orgRole.parse(form.get("role"));
  return { ...(name === member.name ? {} : { name }), ...(role === member.role ? {} : { role }) };
}

/** Suspending, resuming and removing, each with what it means. */
function Ends({ member, onClose }: MemberDialogProps) {
  const { id, rev, name, state } = member;
  const self = useMe()?.member.id === id;
  const ask = useAsk();
  const [removing, setRemoving] = useState<Confirmation | null>(null);
  const end = (work: () => Promise<unknown>) => void ask.run(work).then((done) => done && onClose());
  const remove = () =>
    setRemoving({
      title: self ? words.leaveAsk : words.removeAsk(name),
      detail: self ? words.leaveDetail : words.removeDetail,
      action: self ? words.leave : words.remove,
      onConfirm: () => {
        setRemoving(null);
        end(() => api.remove(id));
      },
    });
  const suspended = state === "suspended";
  return (
    <div className="flex flex-col gap-3 border-n6 border-t pt-4">
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      {!self && (
        <Act detail={suspended ? words.resumeDetail : words.suspendDetail}>
          <Button
            disabled={ask.busy}
            onClick={() => end(() => api.change(id, rev, { state: suspended ? "active" : "suspended" }))}
          >
            {suspended ? words.resume : words.suspend}
          </Button>
        </Act>
      )}
      <Act detail={self ? words.leaveDetail : words.removeDetail}>
        <Button look="danger" disabled={ask.busy} onClick={remove}>
          {self ? words.leave : words.remove}
        </Button>
      </Act>
      <Confirm ask={removing} onClose={() => setRemoving(null)} />
    </div>
  );
}

function Act({ detail, children }: { detail: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-4">
      <p className="min-w-0 flex-1 text-12 text-n11">{detail}</p>
      {children}
    </div>
  );
}
