import {
  AUDIT_FORMAT,
  AUDIT_VERSION,
  type AuditFooter,
  type AuditHeader,
  auditFooter,
  auditHeader,
} from "#contract/audit";
import {
  EXPORT_FORMAT,
  EXPORT_VERSION,
  type ExportFooter,
  type ExportHeader,
  type ExportLine,
  exportFooter,
  exportHeader,
  exportLine,
} from "#contract/export";

/** What the chain needs from outside: RFC 8785 canonical JSON, and SHA-256 of a text's UTF-8 bytes in hex. */
export interface ChainTools {
  canonical(value: unknown): string;
  hash(text: string): string | Promise<string>;
}

type StoredEnvelope = ExportLine["envelope"];

/** The digest of an event's line: of the digest before it and of the envelope. */
export async function linkDigest(prev: string, envelope: unknown, tools: ChainTools): Promise<string> {
  return tools.hash(`${prev}\n${tools.canonical(envelope)}`);
}

/** The digest that the first entry of an org's audit log follows. */
export async function auditOriginDigest(orgId: string, tools: ChainTools): Promise<string> {
  return tools.hash(tools.canonical({ format: AUDIT_FORMAT, orgId }));
}

/**
 * The export of a log as text, a page at a time: header, events, footer; every line is canonical JSON and ends with "\n".
 * Throws where the pages hold other events than 1 to `header.events`, so that no whole-looking file comes of it.
 */
export async function* chainExport(
  header: ExportHeader,
  pages: AsyncIterable<StoredEnvelope[]>,
  tools: ChainTools,
): AsyncGenerator<string> {
  const first = tools.canonical(header);
  yield `${first}\n`;
  let prev = await tools.hash(first);
  let events = 0;
  for await (const page of pages) {
    const lines: string[] = [];
    for (const envelope of page) {
      events += 1;
      if (envelope.seq !== events) throw new Error(`event ${events} is missing from the log`);
      const digest = await linkDigest(prev, envelope, tools);
      lines.push(`${tools.canonical({ seq: events, prev, digest, envelope } satisfies ExportLine)}\n`);
      prev = digest;
    }
    yield lines.join("");
  }
  if (events !== header.events) throw new Error(`the log ends at event ${events}, not at ${header.events}`);
  yield `${tools.canonical({ type: "end", events, digest: prev } satisfies ExportFooter)}\n`;
}

/**
 * The export of an audit log: its stored lines between a header with the checkpoint they follow from, and a footer. The lines
 * keep the digests they were stored with, so that the verifier sees whatever was changed since.
 */
export async function* chainAudit(
  header: AuditHeader,
  pages: AsyncIterable<ExportLine[]>,
  tools: ChainTools,
): AsyncGenerator<string> {
  const first = tools.canonical(header);
  yield `${first}\n`;
  let { digest } = header.checkpoint;
  let events = 0;
  for await (const page of pages) {
    events += page.length;
    digest = page.at(-1)?.digest ?? digest;
    yield page.map((line) => `${tools.canonical(line)}\n`).join("");
  }
  if (events !== header.events) throw new Error(`the audit log has ${events} entries, not ${header.events}`);
  const footer: AuditFooter = { type: "end", events, digest, header: await tools.hash(first) };
  yield `${tools.canonical(footer)}\n`;
}

/** What a check found: the whole chain, or the first line (from 1) that is wrong and why. */
export type Verdict = { ok: true; events: number; digest: string } | { ok: false; line: number; reason: string };

interface Progress {
  header: ExportHeader | AuditHeader | null;
  /** The digest of the header's line. */
  headerDigest: string;
  /** The seq that the first event follows. */
  base: number;
  events: number;
  /** The digest that the next line must carry as `prev`. */
  digest: string;
  ended: boolean;
}

/**
 * Checks an export of a conversation or of an audit log, given as lines with their "\n". Each byte counts: a line that says the same in other bytes is refused
 * too. A chain that somebody made anew from changed events is whole; compare its digest with one kept elsewhere.
 */
export async function verifyExport(lines: AsyncIterable<Uint8Array>, tools: ChainTools): Promise<Verdict> {
  const progress: Progress = { header: null, headerDigest: "", base: 0, events: 0, digest: "", ended: false };
  let line = 0;
  for await (const bytes of lines) {
    line += 1;
    const wrong = await takeLine(progress, bytes, tools);
    if (wrong) return { ok: false, line, reason: wrong };
  }
  if (line === 0) return { ok: false, line: 1, reason: "truncated: the file is empty" };
  if (!progress.ended) return { ok: false, line: line + 1, reason: "truncated: the last line is missing" };
  return { ok: true, events: progress.events, digest: progress.digest };
}

/** Takes one line into the progress; answers what is wrong with it, or null. */
async function takeLine(progress: Progress, bytes: Uint8Array, tools: ChainTools): Promise<string | null> {
  if (progress.ended) return "changed: there is something after the end";
  if (bytes.at(-1) !== NEWLINE) return "truncated: the line has no end";
  const read = readLine(bytes.subarray(0, -1), tools);
  if ("wrong" in read) return read.wrong;
  if (!progress.header) return takeHeader(progress, read, tools);
  const footer = (progress.header.format === AUDIT_FORMAT ? auditFooter : exportFooter).safeParse(read.value);
  if (footer.success) return takeFooter(progress, progress.header, footer.data);
  const line = exportLine.safeParse(read.value);
  return line.success ? takeEvent(progress, line.data, tools) : "changed: it is neither an event nor the end";
}

interface ReadLine {
  value: unknown;
  text: string;
}

function readLine(bytes: Uint8Array, tools: ChainTools): ReadLine | { wrong: string } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return tools.canonical(value) === text ? { value, text } : { wrong: "changed: it is not in canonical form" };
  } catch {
    return { wrong: "changed: it is not JSON in UTF-8" };
  }
}

const FORMATS: Record<string, { version: number; header: typeof exportHeader | typeof auditHeader }> = {
  [EXPORT_FORMAT]: { version: EXPORT_VERSION, header: exportHeader },
  [AUDIT_FORMAT]: { version: AUDIT_VERSION, header: auditHeader },
};

async function takeHeader(progress: Progress, read: ReadLine, tools: ChainTools): Promise<string | null> {
  const { format, version } = (read.value ?? {}) as Record<string, unknown>;
  const known = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (!known) return "missing: it is not the header of an export";
  if (version !== known.version) return `unknown version: ${JSON.stringify(version)}; this knows ${known.version}`;
  const header = known.header.safeParse(read.value);
  if (!header.success) return "changed: the header is not of this version's form";
  progress.header = header.data;
  progress.headerDigest = await tools.hash(read.text);
  progress.digest = progress.headerDigest;
  return header.data.format === AUDIT_FORMAT ? takeCheckpoint(progress, header.data, tools) : null;
}

async function takeCheckpoint(progress: Progress, header: AuditHeader, tools: ChainTools): Promise<string | null> {
  const { seq, digest } = header.checkpoint;
  if (seq === 0 && digest !== (await auditOriginDigest(header.orgId, tools)))
    return "changed: the log of this organisation does not begin so";
  progress.base = seq;
  progress.digest = digest;
  return null;
}

async function takeEvent(progress: Progress, line: ExportLine, tools: ChainTools): Promise<string | null> {
  const expected = progress.base + progress.events + 1;
  if ((await linkDigest(line.prev, line.envelope, tools)) !== line.digest) return "changed: its digest does not fit";
  if (line.envelope.seq !== line.seq) return "changed: its seq is not that of its event";
  if (line.seq > expected) return `missing or reordered: event ${line.seq} stands where ${expected} belongs`;
  if (line.seq < expected) return `repeated or reordered: event ${line.seq} stands where ${expected} belongs`;
  if (line.prev !== progress.digest)
    return "changed: it does not follow from the line before; one of the two is changed";
  progress.events += 1;
  progress.digest = line.digest;
  return null;
}

function takeFooter(
  progress: Progress,
  header: ExportHeader | AuditHeader,
  footer: ExportFooter | AuditFooter,
): string | null {
  const { events } = progress;
  if (events < Math.max(footer.events, header.events)) return `missing: ${events} events stand before the end`;
  if (footer.events !== events) return `changed: it counts ${footer.events} events where ${events} stand`;
  if (header.events !== events) return `changed: the header counts ${header.events} events where ${events} stand`;
  if (footer.digest !== progress.digest) return "changed: it does not carry the digest of the line before";
  if ("header" in footer && footer.header !== progress.headerDigest) return "changed: it ends another header's file";
  progress.ended = true;
  return null;
}

const NEWLINE = 0x0a;

/** The lines of a file, each with its "\n"; the last may lack it. A line is in memory whole, the file is not. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield joined([...rest, chunk.subarray(from, end + 1)]);
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield joined(rest);
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}
