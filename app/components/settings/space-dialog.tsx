import { type ReactNode, useCallback, useEffect, useState } from "react";
import { type SpaceRole, spaceRole } from "#contract/member";
import type { OrgMember } from "#contract/membership";
import { type Space, type SpaceMember, spaceVisibility } from "#contract/space";
import { membersApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { spaceRoleNames, spacesText as words } from "../../lib/text-members.ts";
import { useMe } from "../../lib/use-me.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/page.tsx";
import { AskForm, SelectField, TextField, wordOf } from "./form.tsx";
import { type Ask, useAsk } from "./use-ask.ts";

const api = membersApi(browserApi);
const VISIBILITIES = Object.entries(words.visibilities);
const ROLES = spaceRole.options.map((one) => [one, spaceRoleNames[one]] as const);

interface SpaceProps {
  space: Space;
  onClose: () => void;
}

/** A space: what it is called, who takes part, and archiving. Who leads it, or administers the organisation, may change it. */
export function SpaceDialog({ space, onClose }: SpaceProps) {
  const role = useMe()?.member.role;
  const manages = space.myRole === "lead" || role === "admin" || role === "owner";
  return (
    <Dialog open onOpenChange={onClose} title={space.name}>
      <div className="flex flex-col gap-6 p-4">
        {manages && <Facts key={space.rev} space={space} onClose={onClose} />}
        <People space={space} manages={manages} onClose={onClose} />
        {manages && <Archive space={space} onClose={onClose} />}
      </div>
    </Dialog>
  );
}

function Facts({ space, onClose }: SpaceProps) {
  const ask = useAsk();
  const send = (form: FormData) =>
    api.changeSpace(space.id, space.rev, {
      name: wordOf(form, "name"),
      visibility: spaceVisibility.exclude(["personal"]).parse(form.get("visibility")),
    });
  return (
    <AskForm
      ask={ask}
      fields={["name", "visibility"]}
      label={space.name}
      submit={words.save}
      onSend={send}
      onDone={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField name="name" id="space-name" label={words.name} defaultValue={space.name} required maxLength={80} />
        <SelectField
          name="visibility"
          id="space-visibility"
          label={words.visibility}
          options={VISIBILITIES}
          defaultValue={space.visibility}
        />
      </div>
    </AskForm>
  );
}

function People({ space, manages, onClose }: SpaceProps & { manages: boolean }) {
  const me = useMe()?.member.id;
  const ask = useAsk();
  const [people, read] = usePeople(space.id);
  const act = (work: () => Promise<unknown>) => void ask.run(work).then(read);
  const leave = () => void ask.run(() => api.dropSpaceMember(space.id, me ?? "")).then((done) => done && onClose());
  return (
    <section aria-labelledby="space-people" className="flex flex-col gap-2">
      <h3 id="space-people" className="font-semibold text-15">
        {words.people}
      </h3>
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      {people === null && <Skeleton rows={3} />}
      {people?.length === 0 && <p className="text-n11">{words.nobody}</p>}
      <ul className="flex flex-col">
        {people?.map((one) => (
          <Person key={one.memberId} person={one}>
            {manages ? (
              <PersonActs space={space} person={one} ask={ask} act={act} />
            ) : (
              <span className="text-n11">{spaceRoleNames[one.role]}</span>
            )}
          </Person>
        ))}
      </ul>
      {manages && people && <Add space={space} people={people} act={act} busy={ask.busy} />}
      {people?.some((one) => one.memberId === me) && (
        <Button className="mt-2 self-start" disabled={ask.busy} onClick={leave}>
          {words.leave}
        </Button>
      )}
    </section>
  );
}

function Person({ person, children }: { person: SpaceMember; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-2 border-n6 border-b py-2 last:border-0">
      <span className="min-w-0 flex-1 basis-32">{person.name}</span>
      {children}
    </li>
  );
}

interface PersonActsProps {
  space: Space;
  person: SpaceMember;
  ask: Ask;
  act: (work: () => Promise<unknown>) => void;
}

function PersonActs({ space, person: { memberId, name, role }, ask, act }: PersonActsProps) {
  return (
    <span className="flex gap-2">
      <select
        className="field w-auto"
        aria-label={words.roleOf(name)}
        value={role}
        disabled={ask.busy}
        onChange={(event) => act(() => api.putSpaceMember(space.id, memberId, spaceRole.parse(event.target.value)))}
      >
        {ROLES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Button
        disabled={ask.busy}
        aria-label={words.takeOne(name)}
        onClick={() => act(() => api.dropSpaceMember(space.id, memberId))}
      >
        {words.take}
      </Button>
    </span>
  );
}

interface AddProps {
  space: Space;
  people: SpaceMember[];
  act: (work: () => Promise<unknown>) => void;
  busy: boolean;
}

/** Those who are not in it yet. */
function Add({ space, people, act, busy }: AddProps) {
  const [members, setMembers] = useState<OrgMember[]>([]);
  const [chosen, setChosen] = useState("");
  const [role, setRole] = useState<SpaceRole>("member");
  useEffect(() => {
    let gone = false;
    const keep = ({ items }: { items: OrgMember[] }) => !gone && setMembers(items);
    api.members({ state: "active", limit: "200" }).then(keep, () => undefined);
    return () => {
      gone = true;
    };
  }, []);
  const others = members.filter((one) => one.kind === "human" && !people.some(({ memberId }) => memberId === one.id));
  if (others.length === 0) return null;
  return (
    <form
      className="flex flex-wrap gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        act(() => api.putSpaceMember(space.id, chosen, role));
        setChosen("");
      }}
    >
      <select
        required
        className="field min-w-0 flex-1 basis-40"
        aria-label={words.addPerson}
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
      >
        <option value="">{words.addPerson}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      <select
        className="field w-auto"
        aria-label={words.role}
        value={role}
        onChange={(event) => setRole(spaceRole.parse(event.target.value))}
      >
        {ROLES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Button type="submit" disabled={busy}>
        {words.addButton}
      </Button>
    </form>
  );
}

function Archive({ space, onClose }: SpaceProps) {
  const ask = useAsk();
  const archived = space.archivedAt !== null;
  const change = () => api.changeSpace(space.id, space.rev, { archived: !archived });
  return (
    <div className="flex flex-col gap-3 border-n6 border-t pt-4">
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      <div className="flex items-start gap-4">
        <p className="min-w-0 flex-1 text-12 text-n11">{words.archiveDetail}</p>
        <Button disabled={ask.busy} onClick={() => void ask.run(change).then((done) => done && onClose())}>
          {archived ? words.restore : words.archive}
        </Button>
      </div>
    </div>
  );
}

/** Who was put into a space; null until they are known. `read` asks again. */
function usePeople(id: string): [SpaceMember[] | null, () => void] {
  const [people, setPeople] = useState<SpaceMember[] | null>(null);
  const read = useCallback(() => {
    api.spaceMembers(id).then(
      ({ items }) => setPeople(items),
      () => setPeople((before) => before ?? []),
    );
  }, [id]);
  useEffect(read, [read]);
  return [people, read];
}
