import { fail, ok, type Result } from "#contract/problem";

/**
 * A clone URL in its plain form, or what is wrong with it: https anywhere; http and file only in development; no
 * credential inside, since those belong to a connection.
 */
export function checkCloneUrl(text: string, where: { development: boolean }): Result<string> {
  if (!URL.canParse(text)) return refused("must be a URL, such as https://git.example.com/team/project.git");
  const url = new URL(text);
  const wrong = schemeError(url, where.development) ?? partError(url);
  return wrong === null ? ok(url.href.replace(/\/+$/, "")) : refused(wrong);
}

function schemeError(url: URL, development: boolean): string | null {
  const allowed = development ? ["https:", "http:", "file:"] : ["https:"];
  return allowed.includes(url.protocol) ? null : `must begin with ${allowed.map((one) => `${one}//`).join(", ")}`;
}

function partError(url: URL): string | null {
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (url.search !== "" || url.hash !== "") return "must not have a query or fragment";
  return url.pathname.length > 1 ? null : "names a host but no repository";
}

/** A name for people: the last two parts of the path without `.git`. */
export function repositoryNameOf(cloneUrl: string): string {
  const parts = new URL(cloneUrl).pathname.split("/").filter((part) => part !== "");
  return decodeURIComponent(parts.slice(-2).join("/")).replace(/\.git$/, "");
}

function refused(message: string): Result<string> {
  return fail("invalid", `cloneUrl: ${message}.`, { fields: [{ field: "cloneUrl", message }] });
}
