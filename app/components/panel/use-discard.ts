import { useState } from "react";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { text } from "../../lib/text.ts";
import type { Confirmation } from "../ui/confirm.tsx";

/** The most paths one request may name. */
const AT_ONCE = 1_000;

/** Putting files back as they were at the base commit, once the person has said that this is meant. */
export function useDiscard(conversationId: string, onDone: () => void) {
  const [paths, setPaths] = useState<string[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const discard = async (chosen: string[]) => {
    setProblem(null);
    try {
      for (let at = 0; at < chosen.length; at += AT_ONCE)
        await browserApi.workspace.discard(conversationId, chosen.slice(at, at + AT_ONCE));
    } catch (error) {
      setProblem(problemFrom(error));
    }
    onDone();
  };
  const ask: Confirmation | null = paths && {
    title: text.changes.discardTitle(paths.length),
    detail: paths.length === 1 ? text.changes.discardDetail(paths[0] ?? "") : text.changes.discardAllDetail,
    action: text.changes.discardAction,
    onConfirm: () => {
      setPaths(null);
      void discard(paths);
    },
  };
  return { ask, problem, begin: setPaths, close: () => setPaths(null) };
}
