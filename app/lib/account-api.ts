import { z } from "zod";
import { accountSession, type Register, registered, type SignIn } from "#contract/account";
import { orgRole } from "#contract/member";
import { myOrg, myOrgs, type OrgCreate, slugCheck } from "#contract/org";
import type { Api } from "./api.ts";

const nothing = z.unknown();
const goOn = z.object({ url: z.string() });
const invitationRead = z.object({
  org: z.object({ slug: z.string(), name: z.string() }),
  email: z.string(),
  role: orgRole,
  expiresAt: z.string(),
});
export type InvitationRead = z.infer<typeof invitationRead>;

/** The api of `app.BASE`. */
export function accountApi({ call }: Api) {
  const post = (path: string, body: unknown) =>
    call.answer(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  return {
    session: (org?: string | null) =>
      call.get(`/session${org ? `?org=${encodeURIComponent(org)}` : ""}`, accountSession),
    /** Answers with the cookie of a new session. */
    signIn: (body: SignIn) => post("/session", body),
    /** Answers with the end of the cookie. */
    signOut: () => call.answer("/session", { method: "DELETE" }),
    /** Answers with the cookie of a session where an invitation let the person in. */
    register: (body: Register) => post("/register", body),
    registered,
    verify: (token: string) => post("/verify", { token }),
    forgotten: (email: string) => call.post("/password/forgotten", nothing, { email }),
    reset: (token: string, password: string) => post("/password/reset", { token, password }),
    readInvitation: (token: string) => call.post("/invitations/read", invitationRead, { token }),
    acceptInvitation: (token: string) => call.post("/invitations/accept", goOn, { token }),
    orgs: () => call.get("/orgs", myOrgs),
    createOrg: (body: OrgCreate) => call.post("/orgs", myOrg, body),
    checkSlug: (name: string, signal: AbortSignal) =>
      call.get(`/orgs/check?name=${encodeURIComponent(name)}`, slugCheck, { signal }),
    restoreOrg: (id: string) => call.send(`/orgs/${encodeURIComponent(id)}/restore`, goOn, { method: "POST" }),
  };
}

/** The answer's cookies, for the page that carries them to the browser. */
export function cookiesOf(response: Response): Headers {
  const headers = new Headers();
  for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
  return headers;
}

/** Where a sign-out leads: to the end of the identity provider's own session, where it has one. */
export async function signOutTarget(answer: Response): Promise<string> {
  const text = await answer.text();
  return text === "" ? "/sign-in" : goOn.parse(JSON.parse(text)).url;
}

/** Where to go, as a document and not within the app, once somebody is signed in: into the org they wanted, to the invitation they came with, or to their orgs. */
export function afterSignIn(query: URLSearchParams): string {
  const [org, to] = [query.get("org"), query.get("to")];
  if (query.get("next") === "invitation") return "/invitation";
  return org ? `/enter?${new URLSearchParams({ org, ...(to ? { to } : {}) })}` : "/organisations?from=sign-in";
}
