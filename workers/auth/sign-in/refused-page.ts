import { html } from "hono/html";
import type { Problem } from "#contract/problem";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { PROBLEM_FACES } from "#platform/problem-response";
import { pageResponse } from "../page.ts";

/** Tells a person why they are not signed in, with the reason that an administrator can look up. */
export function refusedPage(env: Env, problem: Problem, requestId: string): Promise<Response> {
  return pageResponse({
    title: "Not signed in",
    status: PROBLEM_FACES[problem.code].status,
    body: html`<h1>You are not signed in</h1>
<p role="alert">${problem.detail}</p>
<p><a href="${hostUrl(configOf(env), "app")}/">Back to sign-in</a></p>
<p>Reason: <code>${problem.reason ?? problem.code}</code>, request <code>${requestId}</code></p>`,
  });
}
