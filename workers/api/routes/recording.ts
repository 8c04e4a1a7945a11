import { z } from "zod";
import { conversationHead } from "#contract/conversation";
import { conversationId } from "#contract/ids";
import { RECORDING_VERSION, type RecordingLine, type RunRecording } from "#contract/recording";
import { defaultAgent } from "#data/orgs";
import { forTenant } from "#data/tenant-db";
import { MAX_REPLAYED } from "#domain/conversation/decide-replay";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import { newId } from "#platform/new-id";
import { within } from "#platform/policy";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError, settle, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub, threadStub } from "#platform/stubs";
import { exportName, exportResponse } from "../export/export-response.ts";

const tag = "Conversations";
const params = z.object({ id: conversationId });

interface Source {
  env: Env;
  principal: MemberPrincipal;
  threadIds: string[];
}

/** Every recording of a conversation's threads, each read when it is asked for. */
async function* recordingsOf({ env, principal, threadIds }: Source): AsyncGenerator<[string, RunRecording]> {
  for (const threadId of threadIds) {
    const stub = threadStub(env, principal.orgId, threadId);
    for (const runId of unwrap(await settle(stub.recordedRuns(), "agent thread"))) {
      const found = await settle(stub.recording(runId), "agent thread");
      if (found.ok) yield [threadId, found.value];
    }
  }
}

async function* linesOf(header: RecordingLine, source: Source): AsyncGenerator<string> {
  const line = (one: RecordingLine) => `${JSON.stringify(one)}\n`;
  let runs = 0;
  yield line(header);
  for await (const [threadId, recording] of recordingsOf(source)) {
    runs += 1;
    yield line({ type: "run", threadId, recording });
  }
  yield line({ type: "end", runs });
}

const download = defineRoute({
  method: "get",
  path: "/conversations/:id/recording",
  summary: "What its runs asked of models and tools and what they got, without credentials, as JSON lines",
  tag,
  policy: within("conversation.record"),
  params,
  audit: "conversation.recording",
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params, requestId }) {
    const { head } = unwrap(
      await settle(
        conversationStub(env, principal.orgId, params.id).head(principal, "conversation.record"),
        "conversation",
      ),
    );
    const { orgId, memberId } = principal;
    logEvent(env, "conversation.recording_read", { requestId, orgId, conversationId: head.id, memberId });
    const header = {
      type: "recording",
      version: RECORDING_VERSION,
      conversationId: head.id,
      title: head.title,
      at: new Date().toISOString(),
    } as const;
    const lines = linesOf(header, { env, principal, threadIds: head.threads.map((one) => one.id) });
    return exportResponse("jsonl", `${exportName(head)}.recording`, lines);
  },
});

const replay = defineRoute({
  method: "post",
  path: "/conversations/:id/replay",
  summary: "Repeat its recorded runs in a new conversation, without a model, a tool or a person",
  tag,
  policy: within("conversation.record"),
  params,
  response: conversationHead,
  status: 201,
  audit: "log",
  problems: ["unauthenticated", "forbidden", "not_found", "conflict"],
  async handle({ env, principal, params }) {
    const { head } = unwrap(
      await settle(
        conversationStub(env, principal.orgId, params.id).head(principal, "conversation.record"),
        "conversation",
      ),
    );
    const agent = await defaultAgent(forTenant(env, principal));
    const runs = [];
    for await (const [threadId, { run, prompt }] of recordingsOf({
      env,
      principal,
      threadIds: head.threads.map((one) => one.id),
    })) {
      runs.push({ prompt, model: run.model, replayOf: { conversationId: head.id, threadId, runId: run.id } });
      if (runs.length === MAX_REPLAYED) break;
    }
    if (!agent || runs.length === 0) {
      throw new ProblemError({
        code: "conflict",
        detail: "Nothing is recorded here: no run of the edge engine has ended yet.",
      });
    }
    const id = newId("conversation");
    return unwrap(
      await conversationStub(env, principal.orgId, id).create(principal, {
        id,
        kind: head.kind,
        title: `Replay of ${head.title}`.slice(0, 200),
        repository: head.repository,
        settings: { ...head.settings, executor: "edge" },
        agent,
        // What was said there is read by who may read it there.
        spaceId: head.spaceId,
        at: Date.now(),
        replay: {
          takingPart: head.participants.map((one) => one.memberId),
          of: { conversationId: head.id, title: head.title },
          runs,
        },
      }),
    );
  },
});

export const recordingRoutes: AnyRoute[] = [download, replay];
