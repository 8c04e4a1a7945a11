import { useEffect, useState } from "react";
import type { FileEntry } from "#contract/workspace";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead, useLive } from "../../lib/live/use-live.ts";
import { suggestionsFor } from "../../lib/suggestions.ts";
import { pathParts, type Trigger } from "../../lib/trigger.ts";

export interface Option {
  key: string;
  kind: "prompt" | "person" | "folder" | "file";
  label: string;
  detail?: string;
  insert: string;
}

const MOST = 50;

/** What fits what was typed so far: prompts, or people and then files. */
export function useOptions(trigger: Trigger): Option[] {
  const { settings, participants } = useHead();
  const self = useLive((store) => store.memberId);
  const query = trigger.query.toLowerCase();
  const files = useFiles(trigger);
  if (trigger.kind === "prompt") return promptsOf(settings.model, query);
  const people = participants.filter((one) => one.memberId !== self && one.name.toLowerCase().includes(query));
  return [
    ...people.map(
      ({ memberId, name }): Option => ({ key: memberId, kind: "person", label: name, insert: `@${name} ` }),
    ),
    ...files.map(fileOption),
  ].slice(0, MOST);
}

function promptsOf(model: string, query: string): Option[] {
  return suggestionsFor(model)
    .filter((one) => one.title.toLowerCase().includes(query.trim()))
    .map(({ title, prompt }) => ({
      key: title,
      kind: "prompt",
      label: title,
      detail: prompt.split("\n", 1)[0] ?? "",
      insert: prompt,
    }));
}

function fileOption({ name, path, kind }: FileEntry): Option {
  if (kind === "directory") return { key: path, kind: "folder", label: `${name}/`, detail: path, insert: `@${path}/` };
  return { key: path, kind: "file", label: name, detail: path, insert: `@${path} ` };
}

/** The files of the folder that is being typed, while the sandbox runs: naming one must not start it. */
function useFiles({ kind, query }: Trigger): FileEntry[] {
  const { id, sandbox } = useHead();
  const [entries, setEntries] = useState<FileEntry[]>([]);
  const { folder, name } = pathParts(query);
  const ask = kind === "mention" && (sandbox.state === "ready" || sandbox.state === "busy");
  useEffect(() => {
    let current = true;
    setEntries([]);
    if (ask)
      browserApi.workspace.list(id, folder).then(
        (listing) => current && setEntries(listing.entries),
        () => undefined,
      );
    return () => {
      current = false;
    };
  }, [ask, id, folder]);
  return entries.filter((one) => one.name.toLowerCase().startsWith(name));
}
