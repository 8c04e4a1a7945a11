import { z } from "zod";
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportFormat, exportQuery } from "#contract/export";
import { conversationId } from "#contract/ids";
import { chainExport } from "#domain/conversation/export-chain";
import type { Transcript } from "#domain/conversation/transcript";
import { type AddressOf, blocksOf } from "#domain/conversation/transcript-blocks";
import { chainTools } from "#platform/chain-tools";
import { logEvent } from "#platform/log";
import { within } from "#platform/policy";
import { settle, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";
import { exportName, exportResponse } from "../export/export-response.ts";
import { HTML_END, htmlOf, htmlStart } from "../export/html.ts";
import { logPages, transcriptOf } from "../export/log-pages.ts";
import { markdownOf } from "../export/markdown.ts";

const download = defineRoute({
  method: "get",
  path: "/conversations/:id/export",
  summary: "The whole log as hash-chained JSON lines, or the transcript as Markdown or HTML",
  tag: "Conversations",
  policy: within("conversation.read"),
  params: z.object({ id: conversationId }),
  query: exportQuery,
  status: 200,
  audit: "conversation.export",
  problems: ["invalid", "unauthenticated", "not_found", "too_large"],
  async handle({ env, principal, params, query, request, requestId }) {
    const stub = conversationStub(env, principal.orgId, params.id);
    const { head, seq } = unwrap(await settle(stub.head(principal), "conversation"));
    const source = { stub, principal, upTo: seq };
    const transcript = query.format === "jsonl" ? null : unwrap(await transcriptOf(source));
    logEvent(env, "conversation.exported", {
      requestId,
      orgId: principal.orgId,
      conversationId: head.id,
      memberId: principal.memberId,
      format: query.format,
      events: seq,
    });
    const name = exportName(head);
    if (transcript) {
      return exportResponse(
        query.format,
        name,
        printed(query.format, transcript, addressOn(new URL(request.url).origin)),
      );
    }
    const header = {
      format: EXPORT_FORMAT,
      version: EXPORT_VERSION,
      conversationId: head.id,
      title: head.title,
      exportedAt: new Date().toISOString(),
      events: seq,
    } as const;
    return exportResponse(query.format, name, chainExport(header, logPages(source), chainTools));
  },
});

async function* printed(format: ExportFormat, transcript: Transcript, addressOf: AddressOf): AsyncGenerator<string> {
  const html = format === "html";
  if (html) yield htmlStart(transcript.state.head?.title ?? "");
  for (const block of blocksOf(transcript, addressOf)) yield html ? htmlOf(block) : markdownOf(block);
  if (html) yield HTML_END;
}

/** Addresses on one origin: a stored path that leads elsewhere is none. */
function addressOn(origin: string): AddressOf {
  return (path) => {
    const url = URL.parse(path, origin);
    return url?.origin === origin ? url.href : null;
  };
}

export const exportRoutes: AnyRoute[] = [download];
