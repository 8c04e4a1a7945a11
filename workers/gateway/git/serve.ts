import type { Result } from "#contract/problem";
import type { GitUpstream } from "#platform/git-upstream";
import type { SandboxPrincipal } from "#platform/principal";

/** For a whole fetch or push, large ones included. */
export const TIME_LIMIT_MS = 15 * 60_000;
const PATH = /^\/(rep_[0-9a-f]{32})\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;
const SERVICES = ["git-upload-pack", "git-receive-pack"];
const FORWARDED = ["accept", "content-type", "content-encoding", "git-protocol"];

export interface GitCall {
  repositoryId: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  action: string;
  service: string;
}

export interface GitGatewayDeps {
  verify(token: string): Promise<SandboxPrincipal | null>;
  /** The clone URL of a repository of the principal's org, or null. */
  cloneUrl(principal: SandboxPrincipal, repositoryId: string): Promise<string | null>;
  upstream(cloneUrl: string): Result<GitUpstream>;
  /** Calls an upstream within the time limit, and follows no redirect. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Stores the audit entry of a push before the git host hears of it; a throw means that it may not go on. */
  auditPush(principal: SandboxPrincipal, call: GitCall): Promise<void>;
  /** Takes one log line of each call that had a valid token. */
  log(principal: SandboxPrincipal, call: GitCall, status: number): void;
}

/**
 * Serves git's smart HTTP protocol (gitprotocol-http) for one repository: the one its sandbox token is bound to. Bodies are
 * streamed both ways. Answers are plain text that a git client shows: 401 without a valid token, 404 for any other
 * repository, 403 where the upstream refuses, 502 where it fails.
 */
export async function serveGit(request: Request, deps: GitGatewayDeps): Promise<Response> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined)
    return text(401, "A sandbox token is needed.", { "www-authenticate": 'Basic realm="Quayside"' });
  const principal = await deps.verify(token);
  if (principal === null) return text(401, "The sandbox token is not valid any more.");
  const call = callOf(request);
  if (call === null || call.repositoryId !== principal.repositoryId) return text(404, "There is no such repository.");
  const response = await pass(request, deps, { principal, call });
  deps.log(principal, call, response.status);
  return response;
}

/** What is asked for, or null where no git client would ask so. */
function callOf(request: Request): GitCall | null {
  const url = new URL(request.url);
  const [, repositoryId = "", action = ""] = PATH.exec(url.pathname) ?? [];
  const listing = action === "info/refs";
  const service = listing ? (url.searchParams.get("service") ?? "") : action;
  const known = SERVICES.includes(service) && request.method === (listing ? "GET" : "POST");
  return known ? { repositoryId, action, service } : null;
}

async function pass(
  request: Request,
  deps: GitGatewayDeps,
  { principal, call }: { principal: SandboxPrincipal; call: GitCall },
): Promise<Response> {
  const cloneUrl = await deps.cloneUrl(principal, call.repositoryId);
  if (cloneUrl === null) return text(404, "There is no such repository.");
  const upstream = deps.upstream(cloneUrl);
  if (!upstream.ok) return text(403, upstream.problem.detail);
  if (call.action === "git-receive-pack" && !(await isAudited(deps, principal, call)))
    return text(503, "The audit log cannot be written. Push again in a moment.");
  const query = call.action === "info/refs" ? `?service=${call.service}` : "";
  try {
    const answer = await deps.fetch(`${upstream.value.url}/${call.action}${query}`, {
      method: request.method,
      headers: headersOf(request, upstream.value),
      body: request.body,
    });
    return answerOf(answer, call);
  } catch {
    return text(502, "The git host could not be reached.");
  }
}

function isAudited(deps: GitGatewayDeps, principal: SandboxPrincipal, call: GitCall): Promise<boolean> {
  return deps.auditPush(principal, call).then(
    () => true,
    () => false,
  );
}

function headersOf(request: Request, upstream: GitUpstream): Headers {
  const headers = new Headers({ "accept-encoding": "identity", "user-agent": "git/2 quayside", ...upstream.headers });
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}

/** Only what is git's own is passed on: no redirect, no request for a password, no page of somebody else. */
async function answerOf(answer: Response, call: GitCall): Promise<Response> {
  const type = answer.headers.get("content-type") ?? "";
  if (answer.status === 200 && type.startsWith(`application/x-${call.service}-`)) {
    return new Response(answer.body, { headers: { "content-type": type, "cache-control": "no-store" } });
  }
  await answer.body?.cancel();
  if (answer.status === 404) return text(404, "The git host has no such repository.");
  if (answer.status === 401 || answer.status === 403)
    return text(403, "The git host refused access to the repository.");
  if (answer.status >= 300 && answer.status < 400) return text(502, "The repository has moved. Change its address.");
  return text(502, "The git host did not answer as one.");
}

function text(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
