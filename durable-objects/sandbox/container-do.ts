import { Sandbox as SdkSandbox } from "@cloudflare/sandbox";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostSecret } from "./container-identity.ts";

/** The object that `[[containers]]` binds a container to: the SDK's, whose container knows the secret of its host. */
export class SandboxContainer extends SdkSandbox<Env> {
  constructor(ctx: ConstructorParameters<typeof SdkSandbox>[0], env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      const secret = await hostSecret(configOf(env).tokenKey, ctx.id.toString());
      this.envVars = { ...this.envVars, SANDBOX_HOST_SECRET: secret };
    });
  }
}
