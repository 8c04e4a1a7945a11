import { envelope } from "#contract/event";
import { type ExportLine, exportLine } from "#contract/export";
import { fail, ok, type Result } from "#contract/problem";
import { emptyTranscript, foldTranscript, type Transcript } from "#domain/conversation/transcript";
import type { Principal } from "#platform/principal";
import { unwrap } from "#platform/problem-response";
import type { ConversationRpc } from "#platform/rpc";

/** A log to read up to the seq it had when that began. */
export interface LogSource {
  stub: Pick<ConversationRpc, "logPage">;
  principal: Principal;
  upTo: number;
}

/** A transcript is folded in memory, so it has a limit; JSON lines have none. */
const TRANSCRIPT_CHARS = 24 * 1024 * 1024;

/** The stored envelopes in order, each page read when it is asked for. */
export async function* logPages(source: LogSource): AsyncGenerator<ExportLine["envelope"][]> {
  for await (const page of storedPages(source)) {
    yield page.map((body) => exportLine.shape.envelope.parse(JSON.parse(body)));
  }
}

/** The transcript of a log; events of types this version does not know are left out. `too_large` beyond its limit. */
export async function transcriptOf(source: LogSource): Promise<Result<Transcript>> {
  const transcript = emptyTranscript();
  let chars = 0;
  for await (const page of storedPages(source)) {
    chars += page.reduce((sum, body) => sum + body.length, 0);
    if (chars > TRANSCRIPT_CHARS) {
      return fail("too_large", "The conversation is too long for a readable transcript. Export it as JSON lines.");
    }
    for (const body of page) {
      const known = envelope.safeParse(JSON.parse(body)).data;
      if (known) foldTranscript(transcript, known);
    }
  }
  return ok(transcript);
}

async function* storedPages({ stub, principal, upTo }: LogSource): AsyncGenerator<string[]> {
  let after = 0;
  while (after < upTo) {
    const page = unwrap(await stub.logPage(principal, { after, upTo }));
    if (page.bodies.length === 0) return;
    yield page.bodies;
    after = page.next;
  }
}
