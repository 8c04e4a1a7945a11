import "vitest";

/** What the global set-up gives the tests in workerd. */
declare module "vitest" {
  interface ProvidedContext {
    sandboxHostUrl: string;
    sandboxHostSecret: string;
    modelServerUrl: string;
    /** A real OpenID Connect server: its issuer, the secret of its clients, and its private key as JSON. */
    oidcServer: { issuer: string; clientSecret: string; privateJwk: string };
    /** Directory whose repositories the host serves by their path. */
    sandboxGitPath: string;
  }
}
