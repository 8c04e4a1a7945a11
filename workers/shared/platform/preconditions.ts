import { ProblemError } from "./problem-response.ts";

/** `If-Match`, where it is sent, must name the present rev (RFC 9110 §13.1.1). */
export function requireRev(request: Request, rev: number): void {
  const wanted = request.headers.get("if-match");
  if (wanted === null || wanted === "*") return;
  const tags = wanted.split(",").map((tag) => tag.trim().replace(/^W\//, "").replaceAll('"', ""));
  if (!tags.includes(String(rev))) throw revMismatch();
}

/** Somebody else was faster. */
export function revMismatch(): ProblemError {
  return new ProblemError({ code: "rev_mismatch", detail: "It was changed meanwhile. Read it again." });
}

/** A value with its rev as its entity tag. */
export function tagged(value: { rev: number }, status = 200): Response {
  return Response.json(value, { status, headers: { etag: `"${value.rev}"`, "cache-control": "no-store" } });
}
