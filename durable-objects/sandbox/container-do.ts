import { exports } from "cloudflare:workers";
import { Sandbox as SdkSandbox } from "@cloudflare/sandbox";
import { egressHosts, GATEWAY_NAMES, type GatewayRoom } from "#domain/sandbox/egress";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { hostSecret } from "./container-identity.ts";

/**
 * The object that `[[containers]]` binds a container to: the SDK's, whose container knows the secret of its host. Nothing leaves
 * the container but what goes to the gateways, which this Worker answers itself, and to the hosts its repository allows: the
 * driver names those before it starts the container. HTTPS is intercepted too, so the list holds for it as well.
 */
export class SandboxContainer extends SdkSandbox<Env> {
  /** `@cloudflare/containers` finds what it knows of a class by this, also where the bundle has shortened all names. */
  static override readonly name = "SandboxContainer";
  override enableInternet = false;
  override interceptHttps = true;
  override allowedHosts = egressHosts([]);

  constructor(ctx: ConstructorParameters<typeof SdkSandbox>[0], env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      const secret = await hostSecret(configOf(env).tokenKey, ctx.id.toString());
      this.envVars = { ...this.envVars, SANDBOX_HOST_SECRET: secret };
    });
  }
}

SandboxContainer.outboundByHost = Object.fromEntries(
  (Object.keys(GATEWAY_NAMES) as GatewayRoom[]).map((room) => [
    GATEWAY_NAMES[room],
    (request: Request, env: Env) => askGateway(room, request, env),
  ]),
);

/** Passes a container's request to the gateway it names: in this Worker, without a way through the network. */
export function askGateway(room: GatewayRoom, request: Request, env: Env): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const self = (exports as unknown as { default: Fetcher }).default;
  return self.fetch(new Request(`${hostUrl(configOf(env), room)}${pathname}${search}`, request));
}
