import "vitest";

/** What the global set-up gives the tests in workerd. */
declare module "vitest" {
  interface ProvidedContext {
    sandboxHostUrl: string;
    sandboxHostSecret: string;
    modelServerUrl: string;
    /** Directory whose repositories the host serves by their path. */
    sandboxGitPath: string;
  }
}
