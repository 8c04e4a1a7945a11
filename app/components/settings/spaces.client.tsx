import { Link } from "@remix-run/react";
import { useState } from "react";
import { type Space, spaceVisibility } from "#contract/space";
import { membersApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { spaceRoleNames, visibilityNames, spacesText as words } from "../../lib/text-members.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Empty } from "../ui/page.tsx";
import { AskForm, SelectField, TextField, wordOf } from "./form.tsx";
import { Badge, Row, Section } from "./parts.tsx";
import { SpaceDialog } from "./space-dialog.tsx";
import { useAsk } from "./use-ask.ts";

const api = membersApi(browserApi);

export default function Spaces({ spaces, archived }: { spaces: Space[]; archived: boolean }) {
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const open = spaces.find((one) => one.id === chosen);
  return (
    <div className="flex flex-col gap-6">
      <p className="text-n11">{words.intro}</p>
      <Section
        id="spaces"
        title={words.list}
        action={
          <>
            <Link to={archived ? "?" : "?archived=true"} className={buttonClass("quiet")}>
              {archived ? words.hideArchived : words.showArchived}
            </Link>
            {!adding && (
              <Button look="primary" onClick={() => setAdding(true)}>
                {words.add}
              </Button>
            )}
          </>
        }
      >
        {adding && <NewSpace onClose={() => setAdding(false)} />}
        {spaces.length === 0 && <Empty title={words.none} detail={words.noneDetail} />}
        <ul className="flex flex-col">
          {spaces.map((one) => (
            <Row key={one.id} title={one.name} badges={<Badges space={one} />} facts={factsOf(one)}>
              {one.visibility !== "personal" && (
                <Button aria-label={words.manageOne(one.name)} onClick={() => setChosen(one.id)}>
                  {words.manage}
                </Button>
              )}
            </Row>
          ))}
        </ul>
      </Section>
      {open && <SpaceDialog space={open} onClose={() => setChosen(null)} />}
    </div>
  );
}

function Badges({ space }: { space: Space }) {
  return (
    <>
      <Badge>{visibilityNames[space.visibility]}</Badge>
      {space.archivedAt && <Badge look="amber">{words.archived}</Badge>}
    </>
  );
}

function factsOf({ visibility, members, myRole }: Space): string {
  if (visibility === "personal") return words.personalHint;
  return [words.count(members), ...(myRole ? [words.myRole(spaceRoleNames[myRole].toLowerCase())] : [])].join(" · ");
}

const VISIBILITIES = Object.entries(words.visibilities);

function NewSpace({ onClose }: { onClose: () => void }) {
  const ask = useAsk();
  const send = (form: FormData) =>
    api.createSpace({
      name: wordOf(form, "name"),
      visibility: spaceVisibility.exclude(["personal"]).parse(form.get("visibility")),
    });
  return (
    <AskForm
      ask={ask}
      fields={["name", "visibility"]}
      label={words.add}
      submit={words.create}
      onSend={send}
      onDone={onClose}
      onCancel={onClose}
      framed
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField name="name" label={words.name} required autoFocus autoComplete="off" maxLength={80} />
        <SelectField name="visibility" label={words.visibility} options={VISIBILITIES} />
      </div>
    </AskForm>
  );
}
