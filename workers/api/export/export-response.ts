import type { ExportFormat } from "#contract/export";

const FORMATS = {
  jsonl: { type: "application/jsonl; charset=utf-8", extension: "jsonl" },
  md: { type: "text/markdown; charset=utf-8", extension: "md" },
  html: { type: "text/html; charset=utf-8", extension: "html" },
} as const satisfies Record<ExportFormat, { type: string; extension: string }>;

/** A download that is made while it is read. Where making it fails the connection breaks, so that it does not look whole. */
export function exportResponse(format: ExportFormat, name: string, pieces: AsyncIterable<string>): Response {
  const { type, extension } = FORMATS[format];
  return new Response(streamOf(pieces), {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name}.${extension}"`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      "cache-control": "no-store",
    },
  });
}

/** A file name that is safe everywhere: the title's Latin letters and digits, and the end of the id. */
export function exportName(head: { id: string; title: string }): string {
  const plain = head.title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60)
    .replace(/-$/, "");
  return `${slug || "conversation"}-${head.id.slice(-8)}`;
}

function streamOf(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
