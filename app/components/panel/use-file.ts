import { useState } from "react";
import { LIMITS } from "#contract/limits";
import type { Problem } from "#contract/problem";
import { ApiProblem, problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { bytes } from "../../lib/format.ts";
import { text } from "../../lib/text.ts";

export interface FilePlace {
  id: string;
  path: string;
}

type Outcome = "saving" | "saved" | "conflict" | { problem: Problem } | null;

/** Saving a file over what it was opened as, and over nothing else. */
export function useFile({ id, path }: FilePlace, first: string) {
  const [base, setBase] = useState(first);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const write = async (words: string, over: boolean): Promise<Outcome> => {
    const body = new Blob([words]);
    if (body.size > LIMITS.workspaceFileBytes) return { problem: tooLarge() };
    if (!over && (await present({ id, path })) !== base) return "conflict";
    await browserApi.workspace.write(id, path, body);
    setBase(words);
    return "saved";
  };
  const save = async (words: string, over = false) => {
    setOutcome("saving");
    setOutcome(await write(words, over).catch((error) => ({ problem: problemFrom(error) })));
  };
  return { base, outcome, save, forget: () => setOutcome(null) };
}

/** What the sandbox holds now; null where the file is gone, or no text any more. */
async function present({ id, path }: FilePlace): Promise<string | null> {
  try {
    return (await browserApi.workspace.content(id, path)).text;
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.code === "not_found") return null;
    throw error;
  }
}

function tooLarge(): Problem {
  return { code: "too_large", detail: text.files.tooLarge(bytes(LIMITS.workspaceFileBytes)) };
}
