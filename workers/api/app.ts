import { Hono } from "hono";
import { ProblemError } from "#platform/problem-response";
import { type AnyRoute, type AppEnv, mountRoutes } from "#platform/route";
import { docsPage } from "./docs-page.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { openApiDocument } from "./openapi.ts";
import { accountRoutes } from "./routes/account.ts";
import { apiKeyRoutes } from "./routes/api-keys.ts";
import { auditRoutes } from "./routes/audit.ts";
import { budgetRoutes } from "./routes/budgets.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { credentialRoutes } from "./routes/credentials.ts";
import { exportRoutes } from "./routes/export.ts";
import { fileRoutes } from "./routes/files.ts";
import { forkRoutes } from "./routes/fork.ts";
import { identityProviderRoutes } from "./routes/identity-providers.ts";
import { invitationRoutes } from "./routes/invitations.ts";
import { meRoutes } from "./routes/me.ts";
import { memberRoutes } from "./routes/members.ts";
import { messageRoutes } from "./routes/messages.ts";
import { modelRoutes } from "./routes/models.ts";
import { orgRoutes } from "./routes/org.ts";
import { outputRoutes } from "./routes/outputs.ts";
import { providerRoutes } from "./routes/providers.ts";
import { recordingRoutes } from "./routes/recording.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { sandboxRoutes } from "./routes/sandbox.ts";
import { searchRoutes } from "./routes/search.ts";
import { spaceRoutes } from "./routes/spaces.ts";
import { workspaceRoutes } from "./routes/workspace.ts";

/** Every route of the tenant API; the security suites enumerate this list. */
export const routes: AnyRoute[] = [
  ...meRoutes,
  ...accountRoutes,
  ...apiKeyRoutes,
  ...credentialRoutes,
  ...orgRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...spaceRoutes,
  ...identityProviderRoutes,
  ...conversationRoutes,
  ...exportRoutes,
  ...forkRoutes,
  ...recordingRoutes,
  ...searchRoutes,
  ...messageRoutes,
  ...repositoryRoutes,
  ...fileRoutes,
  ...outputRoutes,
  ...providerRoutes,
  ...modelRoutes,
  ...budgetRoutes,
  ...sandboxRoutes,
  ...workspaceRoutes,
  ...auditRoutes,
];

const api = new Hono<AppEnv>();
api.use(idempotency());
mountRoutes(api, routes);

/** What a program needs before it has a session: whether we are up, and what can be asked. Also all of `api.BASE` so far. */
export const documentationApp = new Hono<AppEnv>();
documentationApp.get("/health", (context) => context.json({ status: "ok" }));
documentationApp.get("/openapi.json", (context) =>
  context.json(openApiDocument(routes, new URL(context.req.url).origin)),
);
documentationApp.get("/docs", (context) => {
  context.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
  return context.html(docsPage(routes));
});

/** The tenant API of an org's host, below `/api`, and its documentation beside it. Whoever mounts it opens the session. */
export const apiApp = new Hono<AppEnv>();
apiApp.route("/", documentationApp);
apiApp.route("/api", api);
apiApp.all("/api/*", () => {
  throw new ProblemError({ code: "not_found", detail: "There is no such route." });
});
