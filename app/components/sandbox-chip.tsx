import { Play, RotateCw, Square } from "lucide-react";
import { useState } from "react";
import type { SandboxState, SandboxStatus } from "#contract/sandbox";
import { problemFrom } from "../lib/api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { bytes } from "../lib/format.ts";
import { useHead } from "../lib/live/use-live.ts";
import { text } from "../lib/text.ts";
import { Menu } from "./ui/menu.tsx";

const MARKS: Record<SandboxState, string> = {
  none: "border border-n9",
  provisioning: "bg-amber pulse",
  ready: "bg-green",
  busy: "bg-accent pulse",
  sleeping: "border-2 border-n9",
  stopped: "border border-n9",
  failed: "bg-red rounded-none",
  deleted: "border border-n9",
};

/** What the sandbox is doing, in words, and the three things a person can tell it. */
export function SandboxChip() {
  const { id, sandbox } = useHead();
  const [problem, setProblem] = useState<string | null>(null);
  const tell = (verb: "start" | "stop" | "restart") => {
    setProblem(null);
    browserApi.workspace.sandbox(id, verb).catch((error) => setProblem(problemFrom(error).detail));
  };
  const up = sandbox.state === "ready" || sandbox.state === "busy" || sandbox.state === "provisioning";
  const words = text.sandbox.state[sandbox.state];
  const entries = [
    ...(up ? [] : [{ label: text.sandbox.start, icon: <Play size={14} aria-hidden />, onSelect: () => tell("start") }]),
    ...(up ? [{ label: text.sandbox.stop, icon: <Square size={14} aria-hidden />, onSelect: () => tell("stop") }] : []),
    { label: text.sandbox.restart, icon: <RotateCw size={14} aria-hidden />, onSelect: () => tell("restart") },
  ];
  return (
    <Menu entries={entries} notes={notesOf(sandbox)}>
      <button
        type="button"
        className="flex h-7 shrink-0 items-center gap-2 rounded-6 border border-n6 px-2 text-12 hover:bg-n3 pointer-coarse:h-10"
        aria-label={text.sandbox.label(words)}
        title={problem ?? sandbox.detail ?? text.sandbox.label(words)}
      >
        <span className={`size-2 shrink-0 rounded-full ${problem ? "bg-red" : MARKS[sandbox.state]}`} aria-hidden />
        <span className="hidden sm:inline">{problem ? text.sandbox.refused : words}</span>
      </button>
    </Menu>
  );
}

/** What is known beyond the state: why it is so, where the files are from, and when they were saved last. */
function notesOf({ detail, snapshot }: SandboxStatus): string[] {
  const saved =
    snapshot &&
    text.sandbox.saved(`${snapshot.at.slice(0, 10)} ${snapshot.at.slice(11, 16)} UTC`, bytes(snapshot.sizeBytes));
  return [detail, saved].filter((note) => note !== null);
}
