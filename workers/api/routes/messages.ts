import { z } from "zod";
import { approvalDecision, questionAnswer } from "#contract/ask";
import { type Command, commandResult } from "#contract/command";
import { approvalId, conversationId, messageId, questionId, runId } from "#contract/ids";
import { messageEdit, messagePost } from "#contract/message";
import { pageOf } from "#contract/page";
import { item, run } from "#contract/run";
import type { Env } from "#platform/env";
import { within } from "#platform/policy";
import type { MemberPrincipal } from "#platform/principal";
import { unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";

const inConversation = z.object({ id: conversationId });
const ofMessage = inConversation.extend({ messageId });
const ofRun = inConversation.extend({ runId });
const common = { audit: "log", policy: within("conversation.post"), response: commandResult } as const;

interface Target {
  env: Env;
  principal: MemberPrincipal;
  params: { id: string };
}

async function give({ env, principal, params }: Target, command: Command) {
  return unwrap(await conversationStub(env, principal.orgId, params.id).command(principal, command));
}

/** A REST call that carries no key of its own is a command of its own. */
const fresh = () => crypto.randomUUID();

const post = defineRoute({
  ...common,
  method: "post",
  path: "/conversations/:id/messages",
  summary: "Post a message: it starts a run, waits in the queue, steers or interrupts",
  tag: "Messages",
  params: inConversation,
  body: messagePost,
  status: 201,
  problems: ["invalid", "unauthenticated", "not_found", "conflict", "too_large", "rate_limited"],
  handle: (input) => give(input, { type: "message.post", ...input.body }),
});

const edit = defineRoute({
  ...common,
  method: "patch",
  path: "/conversations/:id/messages/:messageId",
  summary: "Edit a message; a prompt that still waits in the queue runs as edited",
  tag: "Messages",
  params: ofMessage,
  body: messageEdit,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found"],
  handle: (input) =>
    give(input, { type: "message.edit", clientId: fresh(), messageId: input.params.messageId, ...input.body }),
});

const remove = defineRoute({
  ...common,
  method: "delete",
  path: "/conversations/:id/messages/:messageId",
  summary: "Delete a message",
  tag: "Messages",
  params: ofMessage,
  problems: ["unauthenticated", "forbidden", "not_found"],
  handle: (input) => give(input, { type: "message.delete", clientId: fresh(), messageId: input.params.messageId }),
});

const listRuns = defineRoute({
  method: "get",
  path: "/conversations/:id/runs",
  summary: "The newest 200 runs, newest first",
  tag: "Runs",
  policy: within("conversation.read"),
  params: inConversation,
  response: pageOf(run),
  problems: ["unauthenticated", "not_found"],
  async handle({ env, principal, params }) {
    const items = unwrap(await conversationStub(env, principal.orgId, params.id).runs(principal));
    return { items, nextCursor: null };
  },
});

const readRun = defineRoute({
  method: "get",
  path: "/conversations/:id/runs/:runId",
  summary: "A run with its items",
  tag: "Runs",
  policy: within("conversation.read"),
  params: ofRun,
  response: z.object({ run, items: z.array(item) }),
  problems: ["unauthenticated", "not_found"],
  handle: async ({ env, principal, params }) =>
    unwrap(await conversationStub(env, principal.orgId, params.id).run(principal, params.runId)),
});

const cancel = defineRoute({
  ...common,
  method: "post",
  path: "/conversations/:id/runs/:runId/cancel",
  summary: "Stop a run; what it has said and done stays",
  tag: "Runs",
  params: ofRun,
  problems: ["unauthenticated", "not_found", "conflict"],
  handle: (input) => give(input, { type: "run.cancel", clientId: fresh(), runId: input.params.runId }),
});

const retry = defineRoute({
  ...common,
  method: "post",
  path: "/conversations/:id/runs/:runId/retry",
  summary: "Try a run that is over again",
  tag: "Runs",
  params: ofRun,
  status: 201,
  problems: ["unauthenticated", "not_found", "conflict"],
  handle: (input) => give(input, { type: "run.retry", clientId: fresh(), runId: input.params.runId }),
});

const dequeue = defineRoute({
  ...common,
  method: "delete",
  path: "/conversations/:id/queue/:runId",
  summary: "Take a prompt out of the queue",
  tag: "Runs",
  params: ofRun,
  problems: ["unauthenticated", "not_found", "conflict"],
  handle: (input) => give(input, { type: "queue.remove", clientId: fresh(), runId: input.params.runId }),
});

const decide = defineRoute({
  ...common,
  policy: within("conversation.decide"),
  method: "post",
  path: "/conversations/:id/approvals/:approvalId",
  summary: "Decide a pending approval",
  tag: "Asks",
  params: inConversation.extend({ approvalId }),
  body: approvalDecision,
  problems: ["invalid", "unauthenticated", "not_found", "conflict"],
  handle: (input) =>
    give(input, { type: "approval.decide", clientId: fresh(), approvalId: input.params.approvalId, ...input.body }),
});

const answer = defineRoute({
  ...common,
  method: "post",
  path: "/conversations/:id/questions/:questionId",
  summary: "Answer a pending question, or dismiss it",
  tag: "Asks",
  params: inConversation.extend({ questionId }),
  body: questionAnswer,
  problems: ["invalid", "unauthenticated", "not_found", "conflict"],
  handle(input) {
    const { questionId: id } = input.params;
    if ("dismiss" in input.body) return give(input, { type: "question.dismiss", clientId: fresh(), questionId: id });
    return give(input, { type: "question.answer", clientId: fresh(), questionId: id, answers: input.body.answers });
  },
});

export const messageRoutes: AnyRoute[] = [
  post,
  edit,
  remove,
  listRuns,
  readRun,
  cancel,
  retry,
  dequeue,
  decide,
  answer,
];
