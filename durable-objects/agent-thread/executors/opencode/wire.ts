import { z } from "zod";

/*
 * What is read of OpenCode's HTTP API and events (1.18). Everything else in them is ignored, and what has another form than
 * expected is skipped: the server is another program, in a place that an agent can change.
 */

const text = z.string().catch("");
const record = z.record(z.string(), z.unknown()).catch({});

const toolState = z.object({
  status: z.enum(["pending", "running", "completed", "error"]),
  input: record.default({}),
  output: text.default(""),
  error: text.default(""),
  title: text.default(""),
  metadata: record.default({}),
});

export const part = z.object({
  id: z.string(),
  sessionID: z.string(),
  messageID: z.string(),
  type: z.string(),
  text: text.default(""),
  time: z.object({ end: z.number().optional() }).optional().catch(undefined),
  tool: text.default(""),
  callID: text.default(""),
  state: toolState.optional().catch(undefined),
});
export type Part = z.infer<typeof part>;

const failure = z.object({ name: text, data: z.object({ message: text.default("") }).catch({ message: "" }) });
export type Failure = z.infer<typeof failure>;

export const messageInfo = z.object({
  id: z.string(),
  sessionID: z.string(),
  role: z.enum(["user", "assistant"]),
  parentID: z.string().optional(),
  path: z.object({ cwd: z.string() }).optional().catch(undefined),
  time: z.object({ completed: z.number().optional() }).catch({}),
  error: failure.optional().catch(undefined),
});
export type MessageInfo = z.infer<typeof messageInfo>;

export const storedMessage = z.object({ info: messageInfo, parts: z.array(part.nullable().catch(null)) });
export type StoredMessage = z.infer<typeof storedMessage>;

const caller = z.object({ messageID: z.string(), callID: z.string() });

export const permissionRequest = z.object({
  id: z.string(),
  sessionID: z.string(),
  permission: z.string(),
  patterns: z.array(z.string()).catch([]),
  metadata: record,
  tool: caller.optional().catch(undefined),
});
export type PermissionRequest = z.infer<typeof permissionRequest>;

export const questionRequest = z.object({
  id: z.string(),
  sessionID: z.string(),
  questions: z.array(
    z.object({
      question: z.string(),
      options: z.array(z.object({ label: z.string().min(1), description: text.default("") })).catch([]),
      multiple: z.boolean().optional(),
      custom: z.boolean().optional(),
    }),
  ),
  tool: caller.optional().catch(undefined),
});
export type QuestionRequest = z.infer<typeof questionRequest>;

const status = z.object({ type: text, attempt: z.number().catch(0), message: text.default("") });

const of = <T extends string, P extends z.ZodType>(type: T, properties: P) =>
  z.object({ type: z.literal(type), properties });

/** The events that mean something here. */
export const busEvent = z.discriminatedUnion("type", [
  of("message.updated", z.object({ info: messageInfo })),
  of("message.part.updated", z.object({ part })),
  of(
    "message.part.delta",
    z.object({ sessionID: z.string(), partID: z.string(), field: z.string(), delta: z.string() }),
  ),
  of("permission.asked", permissionRequest),
  of("question.asked", questionRequest),
  of("session.status", z.object({ sessionID: z.string(), status })),
  of("session.idle", z.object({ sessionID: z.string() })),
  of("session.error", z.object({ sessionID: z.string().optional(), error: failure.optional() })),
]);
export type BusEvent = z.infer<typeof busEvent>;

/** Sessions at work, by id; one that is idle is not there. */
export const sessionStates = z.record(z.string(), status);
