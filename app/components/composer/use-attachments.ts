import { useState } from "react";
import { LIMITS } from "#contract/limits";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { bytes } from "../../lib/format.ts";
import { newKey } from "../../lib/new-key.ts";
import { text } from "../../lib/text.ts";

export interface Attachment {
  key: string;
  name: string;
  /** Null while it is on its way. */
  id: string | null;
  problem: string | null;
}

/** Files that go with the next message; each is stored as soon as it is added. */
export function useAttachments() {
  const [list, setList] = useState<Attachment[]>([]);
  const change = (key: string, changes: Partial<Attachment>) =>
    setList((all) => all.map((one) => (one.key === key ? { ...one, ...changes } : one)));
  const add = (files: Iterable<File>) => {
    const room = LIMITS.attachmentsPerMessage - list.length;
    for (const file of [...files].slice(0, room)) {
      const key = newKey();
      const tooLarge = file.size > LIMITS.attachmentBytes;
      const problem = tooLarge ? text.composer.tooLarge(bytes(LIMITS.attachmentBytes)) : null;
      setList((all) => [...all, { key, name: file.name, id: null, problem }]);
      if (tooLarge) continue;
      browserApi.upload({ name: file.name, type: file.type, body: file }).then(
        ({ id }) => change(key, { id }),
        (error) => change(key, { problem: problemFrom(error).detail }),
      );
    }
  };
  return {
    list,
    add,
    remove: (key: string) => setList((all) => all.filter((one) => one.key !== key)),
    clear: () => setList([]),
    busy: list.some((one) => one.id === null && one.problem === null),
  };
}
