import { Hono } from "hono";
import { listDevMails } from "#data/dev-mails";
import { configOf } from "#platform/config";
import { logEvent } from "#platform/log";
import { ProblemError, problemOf, problemResponse } from "#platform/problem-response";
import { mailPage } from "./dev-mail-page.ts";
import { accountFront } from "./front.ts";
import { acceptApp, enterApp } from "./handover.ts";
import { type AccountEnv, type AccountRoute, mountAccountRoutes } from "./route.ts";
import { invitationRoutes } from "./routes/invitations.ts";
import { orgRoutes } from "./routes/orgs.ts";
import { passwordRoutes } from "./routes/password.ts";
import { registerRoutes } from "./routes/register.ts";
import { sessionRoutes } from "./routes/session.ts";

/** Every route of `app.BASE`; the security suites enumerate this list. */
export const accountRoutes: AccountRoute[] = [
  ...sessionRoutes,
  ...registerRoutes,
  ...passwordRoutes,
  ...invitationRoutes,
  ...orgRoutes,
];

/** What `app.BASE` serves beside its pages. */
export const accountApp = new Hono<AccountEnv>();
accountApp.onError((error, context) => {
  const problem = problemOf(error);
  const requestId = context.get("requestId");
  if (problem.code === "internal" || !(error instanceof ProblemError))
    logEvent(context.env, "account.error", { requestId, path: context.req.path, error });
  const response = problemResponse(problem, requestId);
  if (error instanceof ProblemError) for (const [name, value] of error.headers ?? []) response.headers.set(name, value);
  return response;
});
for (const { path } of accountRoutes) accountApp.use(path, accountFront());
mountAccountRoutes(accountApp, accountRoutes);
accountApp.route("/", acceptApp);
accountApp.route("/", enterApp);

/** Mails of a development machine. */
accountApp.get("/dev/mail", async (context) => {
  if (configOf(context.env).environment !== "development")
    throw new ProblemError({ code: "not_found", detail: "Nothing is here." });
  return mailPage(await listDevMails(context.env));
});

accountApp.all("/api/*", () => {
  throw new ProblemError({ code: "not_found", detail: "There is no such route." });
});
