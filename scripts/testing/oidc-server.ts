import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration } from "oidc-provider";

/** A real OpenID Connect server on loopback, with three clients: `basic`, `post` (both with the secret) and `public`. */
export interface OidcServer {
  issuer: string;
  clientSecret: string;
  /** Its RS256 key with the private half, as JSON, so that a test can sign what a good server never would. */
  privateJwk: string;
  stop(): Promise<void>;
}

const CALLBACK = "http://auth.localhost:8787/callback";
const SECRET = "a secret of the tests: + % &";

/** Nobody types anything: whoever `login_hint` names is signed in. `unverified-…` has an address that is not verified. */
const claimsOf = (id: string) => ({
  sub: id,
  name: `Person ${id}`,
  email: `${id}@Example.com`,
  email_verified: !id.startsWith("unverified"),
  groups: ["staff"],
});

/** Starts it on a free port. */
export async function startOidcServer(): Promise<OidcServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pair = await generateKeyPair("RS256", { extractable: true });
  const privateJwk = { ...(await exportJWK(pair.privateKey)), kid: "first", alg: "RS256", use: "sig" };
  serve(server, new Provider(issuer, configurationOf(privateJwk)));
  return { issuer, clientSecret: SECRET, privateJwk: JSON.stringify(privateJwk), stop: () => stop(server) };
}

function configurationOf(privateJwk: object): Configuration {
  const client = { redirect_uris: [CALLBACK], post_logout_redirect_uris: ["http://app.localhost:8787/"] };
  return {
    clients: [
      { ...client, client_id: "basic", client_secret: SECRET, token_endpoint_auth_method: "client_secret_basic" },
      { ...client, client_id: "post", client_secret: SECRET, token_endpoint_auth_method: "client_secret_post" },
      { ...client, client_id: "public", token_endpoint_auth_method: "none" },
    ],
    jwks: { keys: [privateJwk] },
    cookies: { keys: ["cookies of the tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => claimsOf(id) }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { AuthorizationCode: 60, IdToken: 600, AccessToken: 600, Interaction: 60, Session: 600, Grant: 600 },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  };
}

function serve(server: Server, provider: Provider): void {
  const callback = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return void callback(request, response);
    const { params } = await provider.interactionDetails(request, response);
    const login = { accountId: String(params.login_hint ?? "ada") };
    await provider.interactionFinished(
      request,
      response,
      params.login_hint === "refuses" ? { error: "access_denied" } : { login },
    );
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
