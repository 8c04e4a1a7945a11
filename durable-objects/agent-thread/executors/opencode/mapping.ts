import type { ItemDetail, ItemKind } from "#contract/run";
import { diffDetail, type ToolEnd, toolEnd, toolFace } from "./tool-face.ts";
import {
  type BusEvent,
  busEvent,
  type Failure,
  type MessageInfo,
  type Part,
  type PermissionRequest,
  type QuestionRequest,
  type StoredMessage,
} from "./wire.ts";

/**
 * One thing to do because of an event. Items and groups are named by OpenCode's own ids of parts and messages: doing a step
 * again, which a lost loop makes necessary, must change nothing.
 */
export type Step =
  | { do: "open_group"; key: string }
  | { do: "close_group"; key: string }
  | { do: "open_item"; key: string; parent: string | null; kind: ItemKind; title: string; detail: ItemDetail }
  | { do: "describe_item"; key: string; detail: ItemDetail }
  /** More text at the end, and the whole text so far. */
  | { do: "grow_item"; key: string; text: string }
  | { do: "show_text"; key: string; text: string }
  | ({ do: "end_item"; key: string; changesFiles: boolean } & Partial<ToolEnd>)
  | { do: "ask_permission"; request: PermissionRequest; key: string }
  | { do: "ask_question"; request: QuestionRequest; parent: string | null }
  | { do: "look_idle" }
  | { do: "note_failure"; failure: Failure }
  | { do: "note_retry"; attempt: number; message: string };

/** What the meaning of an event depends on. It is made anew from the stored messages whenever a stream begins. */
export interface View {
  sessionId: string;
  /** The workspace as OpenCode names it. */
  root: string;
  /** Messages of the model; what people wrote is in the conversation already. */
  answers: ReadonlySet<string>;
  /** Sub-agents' sessions, and the part of the call that began each. */
  children: ReadonlyMap<string, string>;
  /** The part of each tool call, by message and call id. */
  calls: ReadonlyMap<string, string>;
  /** Growing texts that were seen from their start: pieces of others would leave a gap. */
  texts: ReadonlyMap<string, OpenText>;
}

type OpenText = Extract<Step, { do: "open_item" }>;

export function newView(sessionId: string): View {
  return { sessionId, root: "", answers: new Set(), children: new Map(), calls: new Map(), texts: new Map() };
}

export interface Mapped {
  view: View;
  steps: Step[];
}

/** An event as steps. What is unknown, of another session or of a form that makes no sense has none. */
export function mapEvent(view: View, raw: unknown): Mapped {
  const event = busEvent.safeParse(raw).data;
  return event ? mapKnown(view, event) : { view, steps: [] };
}

type Handlers = {
  [T in BusEvent["type"]]: (view: View, properties: Extract<BusEvent, { type: T }>["properties"]) => Mapped | Step[];
};

const HANDLERS: Handlers = {
  "message.updated": (view, { info }) => ({ view: learnMessage(view, info), steps: [] }),
  "message.part.updated": (view, { part }) => mapPart(view, part),
  "message.part.delta": (view, { sessionID, partID, field, delta }) => {
    const open = field === "text" && isOurs(view, sessionID) ? view.texts.get(partID) : undefined;
    return open ? [open, { do: "grow_item", key: partID, text: delta }] : [];
  },
  "permission.asked": (view, request) => (isOurs(view, request.sessionID) ? mapPermission(view, request) : []),
  "question.asked": (view, request) => (isOurs(view, request.sessionID) ? mapQuestion(view, request) : []),
  "session.status": (view, { sessionID, status }) => (sessionID === view.sessionId ? mapStatus(status) : []),
  "session.idle": (view, { sessionID }) => (sessionID === view.sessionId ? [{ do: "look_idle" }] : []),
  "session.error": (view, { sessionID, error }) =>
    sessionID === view.sessionId && error ? [{ do: "note_failure", failure: error }] : [],
};

function mapKnown(view: View, event: BusEvent): Mapped {
  const handle = HANDLERS[event.type] as (view: View, properties: BusEvent["properties"]) => Mapped | Step[];
  const mapped = handle(view, event.properties);
  return Array.isArray(mapped) ? { view, steps: mapped } : mapped;
}

/** A stored message as the events that would have told of it. */
export function mapMessage(view: View, message: StoredMessage): Mapped {
  let mapped: Mapped = { view: learnMessage(view, message.info), steps: [] };
  for (const one of message.parts) {
    if (one === null) continue;
    const next = mapPart(mapped.view, one);
    mapped = { view: next.view, steps: [...mapped.steps, ...next.steps] };
  }
  return { ...mapped, view: { ...mapped.view, texts: view.texts } };
}

function isOurs(view: View, sessionID: string): boolean {
  return sessionID === view.sessionId || view.children.has(sessionID);
}

function learnMessage(view: View, info: MessageInfo): View {
  if (info.role !== "assistant" || !isOurs(view, info.sessionID)) return view;
  const root = info.path?.cwd ?? view.root;
  if (view.answers.has(info.id) && root === view.root) return view;
  return { ...view, root, answers: new Set(view.answers).add(info.id) };
}

function mapPart(view: View, part: Part): Mapped {
  if (!isOurs(view, part.sessionID) || !view.answers.has(part.messageID)) return { view, steps: [] };
  const main = part.sessionID === view.sessionId;
  switch (part.type) {
    case "step-start":
      return { view, steps: main ? [{ do: "open_group", key: part.messageID }] : [] };
    case "step-finish":
      return { view, steps: main ? [{ do: "close_group", key: part.messageID }] : [] };
    case "text":
    case "reasoning":
      return mapText(view, part, part.type);
    case "tool":
      return mapTool(view, part);
    default:
      return { view, steps: [] };
  }
}

function parentOf(view: View, part: Pick<Part, "sessionID">): string | null {
  return view.children.get(part.sessionID) ?? null;
}

/** A text's item is opened with its first piece: one without text makes none. */
function mapText(view: View, part: Part, kind: "text" | "reasoning"): Mapped {
  const open: OpenText = { do: "open_item", key: part.id, parent: parentOf(view, part), kind, title: "", detail: {} };
  if (part.time?.end === undefined)
    return { view: { ...view, texts: new Map(view.texts).set(part.id, open) }, steps: [] };
  const end: Step = { do: "end_item", key: part.id, text: part.text, changesFiles: false };
  return { view, steps: part.text.trim() === "" ? [end] : [open, end] };
}

const CHANGES_FILES: ReadonlySet<string> = new Set(["bash", "write", "edit", "apply_patch", "task"]);

function mapTool(view: View, part: Part): Mapped {
  const { state, tool } = part;
  if (!state) return { view, steps: [] };
  const learned = learnCall(view, part, state.metadata.sessionId);
  // A question's items are made when it is asked, one for each.
  if (tool === "question" || state.status === "pending") return { view: learned, steps: [] };
  const face = toolFace(tool, state.input, view.root);
  const open: Step = { do: "open_item", key: part.id, parent: parentOf(view, part), ...face };
  if (state.status !== "running") {
    const end = toolEnd(tool, state, view.root);
    const steps: Step[] = [open, { do: "end_item", key: part.id, ...end, changesFiles: CHANGES_FILES.has(tool) }];
    return { view: learned, steps };
  }
  const output = tool === "bash" ? state.metadata.output : "";
  const shown: Step[] =
    typeof output === "string" && output !== "" ? [{ do: "show_text", key: part.id, text: output }] : [];
  return { view: learned, steps: [open, ...shown] };
}

function learnCall(view: View, part: Part, childId: unknown): View {
  const calls = new Map(view.calls).set(callKey(part.messageID, part.callID), part.id);
  if (part.tool !== "task" || typeof childId !== "string") return { ...view, calls };
  return { ...view, calls, children: new Map(view.children).set(childId, part.id) };
}

const callKey = (messageID: string, callID: string) => `${messageID}:${callID}`;

function mapPermission(view: View, request: PermissionRequest): Step[] {
  const call = request.tool;
  const key = (call && view.calls.get(callKey(call.messageID, call.callID))) ?? request.id;
  const use = permissionUse(request, view.root);
  const face = toolFace(use.tool, use.input, view.root);
  const parent = parentOf(view, request);
  return [
    { do: "open_item", key, parent, ...face },
    ...(use.diff ? [{ do: "describe_item" as const, key, detail: diffDetail(use.diff, view.root) }] : []),
    { do: "ask_permission", request, key },
  ];
}

/** The call behind a permission, as far as the request tells. */
function permissionUse({ permission, metadata, patterns }: PermissionRequest, root: string) {
  const input: Record<string, unknown> = { ...metadata };
  const diff = typeof metadata.diff === "string" ? metadata.diff : "";
  if (permission === "bash" || typeof metadata.command === "string")
    return { tool: "bash", input: { command: metadata.command ?? patterns.join("; ") }, diff };
  if (permission === "edit")
    return { tool: "edit", input: { filePath: metadata.filepath ?? patterns[0] ?? root }, diff };
  if (typeof metadata.filepath === "string") return { tool: "read", input: { filePath: metadata.filepath }, diff };
  return { tool: permission, input, diff };
}

function mapQuestion(view: View, request: QuestionRequest): Step[] {
  return [{ do: "ask_question", request, parent: parentOf(view, request) }];
}

function mapStatus(status: { type: string; attempt: number; message: string }): Step[] {
  if (status.type === "idle") return [{ do: "look_idle" }];
  if (status.type !== "retry") return [];
  return [{ do: "note_retry", attempt: status.attempt, message: status.message }];
}
