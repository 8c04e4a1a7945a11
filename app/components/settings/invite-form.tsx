import { useEffect, useState } from "react";
import { orgRole } from "#contract/member";
import type { SpaceGrant } from "#contract/membership";
import type { Space } from "#contract/space";
import { membersApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { text } from "../../lib/text.ts";
import { roleHints, roleNames, invitationsText as words } from "../../lib/text-members.ts";
import { useMe } from "../../lib/use-me.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { AskForm, SelectField, TextField, Tick, wordOf } from "./form.tsx";
import { Once } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

const api = membersApi(browserApi);
const ROLES = ["guest", "member", "admin", "owner"] as const;

interface Made {
  email: string;
  link: string | null;
  mailed: boolean;
}

/** Invites somebody or makes a member; the link, where there is one, is shown this once. */
export function InviteForm({ onClose }: { onClose: () => void }) {
  const ask = useAsk();
  const me = useMe();
  const [made, setMade] = useState<Made | null>(null);
  const [how, setHow] = useState<"invite" | "create">("invite");
  const [role, setRole] = useState<(typeof ROLES)[number]>("member");
  const spaces = useSpaces();
  const passwords = me?.authMode === "LOCAL" || me?.authMode === "NONE";
  const send = async (form: FormData) => {
    const grants = form.getAll("spaces").map((spaceId): SpaceGrant => ({ spaceId: String(spaceId), role: "member" }));
    const body = { email: wordOf(form, "email"), role, spaces: grants };
    const { link, mailed } =
      how === "create" ? await api.create({ ...body, name: wordOf(form, "name") }) : await api.invite(body);
    setMade({ email: body.email, link, mailed });
  };
  if (made) return <Told made={made} onClose={onClose} />;
  return (
    <AskForm
      ask={ask}
      fields={["email", "name", "role"]}
      label={how === "create" ? words.create : words.send}
      submit={how === "create" ? words.create : words.send}
      onSend={send}
      onCancel={onClose}
      framed
    >
      {passwords && <How value={how} onChange={setHow} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="email"
          type="email"
          label={words.email}
          required
          autoFocus
          autoComplete="off"
          maxLength={254}
        />
        {how === "create" && <TextField name="name" label={words.name} required autoComplete="off" maxLength={80} />}
        <SelectField
          name="role"
          label={words.role}
          hint={roleHints[role]}
          options={ROLES.map((one) => [one, roleNames[one]] as const)}
          value={role}
          onChange={(event) => setRole(orgRole.parse(event.target.value))}
        />
      </div>
      <Spaces spaces={spaces} />
    </AskForm>
  );
}

function How({ value, onChange }: { value: "invite" | "create"; onChange: (value: "invite" | "create") => void }) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="pb-1 font-medium text-13">{words.how}</legend>
      {(["invite", "create"] as const).map((one) => (
        <Tick
          key={one}
          id={`how-${one}`}
          type="radio"
          name="how"
          label={words.hows[one]}
          checked={value === one}
          onChange={() => onChange(one)}
        />
      ))}
    </fieldset>
  );
}

function Spaces({ spaces }: { spaces: Space[] }) {
  if (spaces.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="pb-1 font-medium text-13">{words.spaces}</legend>
      {spaces.map((one) => (
        <Tick key={one.id} id={`space-${one.id}`} name="spaces" value={one.id} label={one.name} />
      ))}
      <p className="text-12 text-n11">{words.spacesHint}</p>
    </fieldset>
  );
}

function Told({ made: { email, link, mailed }, onClose }: { made: Made; onClose: () => void }) {
  if (link) return <Once words={words.sent(email, mailed)} label={words.link} value={link} onClose={onClose} />;
  return (
    <Notice look="good">
      <p className="pb-2">{words.added(email)}</p>
      <Button onClick={onClose}>{text.actions.close}</Button>
    </Notice>
  );
}

/** The spaces people can be put into. */
function useSpaces(): Space[] {
  const [spaces, setSpaces] = useState<Space[]>([]);
  useEffect(() => {
    let gone = false;
    const keep = ({ items }: { items: Space[] }) => {
      if (!gone) setSpaces(items.filter((one) => one.visibility !== "personal"));
    };
    api.spaces().then(keep, () => undefined);
    return () => {
      gone = true;
    };
  }, []);
  return spaces;
}
