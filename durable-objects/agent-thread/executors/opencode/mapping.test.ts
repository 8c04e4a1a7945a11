import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Mapped, mapEvent, mapMessage, newView, type Step, type View } from "./mapping.ts";
import { diffDetail } from "./tool-face.ts";
import { type StoredMessage, storedMessage } from "./wire.ts";

/* Recorded from OpenCode 1.18.33 with the demo model: every tool, a sub-agent, a refusal, an abort and a failing model. */
const read = (name: string) => readFileSync(path.join(import.meta.dirname, "fixtures", name), "utf8");
const EVENTS = read("events.jsonl")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as unknown);
const MESSAGES = z.array(storedMessage).parse(JSON.parse(read("messages.json")));
const SESSION = MESSAGES[0]?.info.sessionID ?? "";

interface Shown {
  kind: string;
  title: string;
  parent: string | null;
  text: string;
  status: string | null;
  detail: Record<string, unknown>;
}

type Changing = Exclude<Step, { do: "open_item" }>;

/** What people would see: the steps as the transcript applies them. */
function shownBy(steps: readonly Step[]): Map<string, Shown> {
  const items = new Map<string, Shown>();
  for (const step of steps) {
    const item = "key" in step ? items.get(step.key) : undefined;
    if (step.do !== "open_item") change(item, step);
    else if (!item) items.set(step.key, { ...step, text: "", status: null, detail: { ...step.detail } });
  }
  return items;
}

function change(item: Shown | undefined, step: Changing): void {
  if (!item || item.status !== null) return;
  if (step.do === "grow_item") item.text += step.text;
  if (step.do === "show_text") item.text = step.text;
  if (step.do === "describe_item" || step.do === "end_item") Object.assign(item.detail, step.detail);
  if (step.do !== "end_item") return;
  item.text = step.text ?? "";
  item.status = step.status ?? "completed";
}

function mapAll<T>(inputs: readonly T[], map: (view: View, input: T) => Mapped, from = newView(SESSION)) {
  let view = from;
  const steps: Step[] = [];
  for (const input of inputs) {
    const mapped = map(view, input);
    view = mapped.view;
    steps.push(...mapped.steps);
  }
  return { view, steps };
}

const live = mapAll(EVENTS, mapEvent);
const items = [...shownBy(live.steps).values()];
const find = (title: string) => items.find((one) => one.title === title);

describe("OpenCode's events as steps", () => {
  it("AT40 shows text and reasoning as they grow, each part once", () => {
    const texts = items.filter((one) => one.kind === "text" && one.parent === null).map((one) => one.text);
    expect(texts[0]).toBe("hello there\n");
    expect(items.find((one) => one.kind === "reasoning")).toMatchObject({ text: "let me see", status: "completed" });
    const grown = live.steps.filter((one) => one.do === "grow_item").map((one) => one.text);
    expect(grown.join("")).toContain("let me see");
    expect(live.steps.filter((one) => one.do === "open_group").length).toBeGreaterThan(6);
  });

  it("AT40 shows commands with their output and exit code, changes with their diff, the plan, and what was read", () => {
    expect(find("Run echo one; sleep 0.3; echo two; exit 3")).toMatchObject({
      kind: "command",
      status: "failed",
      text: "one\ntwo\n",
      detail: { tool: "bash", exitCode: 3, command: "echo one; sleep 0.3; echo two; exit 3" },
    });
    expect(live.steps).toContainEqual(expect.objectContaining({ do: "show_text", text: "one\n" }));
    expect(find("Edit a.txt")).toMatchObject({
      kind: "file_change",
      status: "completed",
      detail: { path: "a.txt", added: 1, removed: 1, args: { path: "a.txt", oldText: "hi", newText: "ho" } },
    });
    expect(find("Edit a.txt")?.detail.diff).toBe("--- a/a.txt\n+++ b/a.txt\n@@ -1,1 +1,1 @@\n-hi\n+ho\n");
    expect(find("Write notes/hello.txt")?.detail.diff).toContain("+Hello");
    expect(find("Plan, 1 of 2 done")).toMatchObject({
      kind: "plan",
      detail: {
        steps: [
          { text: "one", status: "completed" },
          { text: "two", status: "in_progress" },
        ],
      },
    });
    expect(find("Read a.txt")).toMatchObject({ kind: "tool_call", text: "hi", status: "completed" });
  });

  it("AT41 keeps a sub-agent's work below the call that began it, its permissions included", () => {
    const call = live.steps.find((one) => one.do === "open_item" && one.title === "Delegate look around");
    const parent = call?.do === "open_item" ? call.key : "none";
    expect(find("Run echo from the sub-agent")).toMatchObject({ parent, text: "from the sub-agent\n" });
    expect(items.filter((one) => one.parent === parent).map((one) => one.kind)).toEqual(["command", "text"]);
    expect(find("Delegate look around")?.text).toMatch(/^sub done\n\nDone/);
    const asked = live.steps.filter((one) => one.do === "ask_permission");
    expect(asked.some((one) => one.request.sessionID !== SESSION)).toBe(true);
  });

  it("AT40 asks for each permission at the item of its call, and for each question", () => {
    const asked = live.steps.filter((one) => one.do === "ask_permission");
    expect(asked.map((one) => [one.request.permission, one.key.startsWith("prt_")])).toEqual([
      ["edit", true],
      ["edit", true],
      ["bash", true],
      ["bash", true],
      ["bash", true],
      ["bash", true],
    ]);
    const questions = live.steps.filter((one) => one.do === "ask_question");
    expect(questions.map((one) => one.request.questions[0]?.question)).toEqual(["Which?"]);
  });

  it("AT40 tells refused, stopped and failed apart", () => {
    expect(find("Run rm -rf build")?.status).toBe("declined");
    expect(find("Run sleep 100")).toMatchObject({ status: "cancelled", text: "User aborted the command\n" });
    const failures = live.steps.filter((one) => one.do === "note_failure").map((one) => one.failure.name);
    expect(failures).toEqual(["MessageAbortedError", "UnknownError"]);
  });

  it("AT42 makes the same of the stored messages as of the events", () => {
    const stored = mapAll<StoredMessage>(MESSAGES, mapMessage);
    const again = [...shownBy(stored.steps).entries()];
    const first = shownBy(live.steps);
    expect(again.length).toBeGreaterThan(10);
    for (const [key, item] of again) {
      const { detail: _, ...seen } = first.get(key) ?? { detail: null };
      const { detail: __, ...now } = item;
      expect(now).toEqual(seen);
    }
    expect([...stored.view.children]).toEqual([...live.view.children]);
  });

  it("AT42 changes nothing when events come again after the stored messages, wherever the stream was cut", () => {
    const whole = shownBy(live.steps);
    for (let cut = 0; cut <= EVENTS.length; cut += 7) {
      const before = mapAll(EVENTS.slice(0, cut), mapEvent);
      const caught = mapAll<StoredMessage>(MESSAGES, mapMessage);
      const after = mapAll(EVENTS.slice(cut), mapEvent, caught.view);
      const shown = shownBy([...before.steps, ...caught.steps, ...after.steps]);
      // A sub-agent's messages are stored in its own session.
      for (const [key, item] of shown) if (item.parent === null) expect(item.text).toBe(whole.get(key)?.text);
    }
  });

  it("AT43 skips what it does not know, what is broken, and what belongs to other sessions", () => {
    const strange = [
      null,
      7,
      {},
      { type: "installation.updated", properties: { version: "2" } },
      { type: "session.idle" },
    ];
    const foreign = EVENTS.map((one) => JSON.parse(JSON.stringify(one).replaceAll(SESSION, "ses_other")) as unknown);
    expect(mapAll([...strange, ...foreign], mapEvent).steps).toEqual([]);
  });

  it("counts a patch's lines and names its files as ours", () => {
    const patch = "Index: /workspace/x\n====\n--- /workspace/x\n+++ /workspace/x\n@@ -1,2 +1,1 @@\n-a\n-b\n+c\n";
    expect(diffDetail(patch, "/workspace")).toEqual({
      diff: "--- a/x\n+++ b/x\n@@ -1,2 +1,1 @@\n-a\n-b\n+c\n",
      added: 1,
      removed: 2,
    });
  });
});
