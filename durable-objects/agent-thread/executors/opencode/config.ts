import type { Model } from "./server.ts";

export const PROVIDER = "quayside";

export interface ConfigInput {
  /** Base URL of the LLM gateway, `/v1` included, as it is reached from inside the sandbox. */
  baseUrl: string;
  /** The `Host` header of requests to it, where the URL's own name is another. */
  host: string | null;
  models: readonly Model[];
}

/**
 * OpenCode's configuration: the LLM gateway is its only provider, nothing is looked up anywhere else, and everything that
 * changes or leaves the workspace asks; the executor answers for the run's autonomy. Agents that only look may not edit, which
 * has to be said again because the general rule comes last.
 */
export function openCodeConfig({ baseUrl, host, models }: ConfigInput): Record<string, unknown> {
  const first = `${PROVIDER}/${models[0]?.id ?? ""}`;
  const looksOnly = { permission: { edit: "deny" } };
  return {
    autoupdate: false,
    share: "disabled",
    snapshot: false,
    lsp: false,
    formatter: false,
    plugin: ["__PLUGIN__"],
    enabled_providers: [PROVIDER],
    model: first,
    small_model: first,
    provider: {
      [PROVIDER]: {
        npm: "@ai-sdk/openai-compatible",
        name: "Quayside",
        options: { baseURL: baseUrl, ...(host === null ? {} : { headers: { host } }) },
        models: Object.fromEntries(models.map((one) => [one.id, modelConfig(one)])),
      },
    },
    permission: { edit: "ask", bash: "ask", webfetch: "ask", websearch: "ask", external_directory: "ask" },
    agent: { plan: looksOnly, explore: looksOnly },
  };
}

function modelConfig({ id, images }: Model) {
  return {
    name: id,
    tool_call: true,
    attachment: images,
    modalities: { input: images ? ["text", "image"] : ["text"], output: ["text"] },
    limit: { context: 200_000, output: 32_000 },
  };
}

/**
 * The plug-in that gives each model request the token of the run at work: OpenCode keeps it as the provider's key, which the
 * executor sets, so the server lives on from run to run. Commands do not inherit the server's password.
 */
export const PLUGIN = `export const Quayside = async () => ({
  auth: {
    provider: "${PROVIDER}",
    methods: [],
    loader: async (getAuth) => ({
      apiKey: "none",
      fetch: async (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set("authorization", "Bearer " + ((await getAuth())?.key ?? ""));
        return fetch(input, { ...init, headers });
      },
    }),
  },
  "shell.env": async (_input, output) => {
    output.env.OPENCODE_SERVER_PASSWORD = "";
  },
});
`;

/**
 * Puts configuration and plug-in beside each other in OpenCode's own directory and becomes the server. Its state is in the home
 * directory, which stays with the sandbox and is no part of the repository. The empty package keeps it from installing one.
 */
export const START_SCRIPT = `set -eu
own="$HOME/.config/opencode"
mkdir -p "$own/node_modules"
printf '%s' '{"dependencies":{"@opencode-ai/plugin":"*"}}' > "$own/package.json"
printf '%s' '{"lockfileVersion":3,"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}' > "$own/package-lock.json"
printf '%s' "$QUAYSIDE_OPENCODE_PLUGIN" > "$own/quayside.mjs"
printf '%s' "$QUAYSIDE_OPENCODE_CONFIG" | sed "s|__PLUGIN__|file://$own/quayside.mjs|" > "$own/quayside.json"
unset QUAYSIDE_OPENCODE_PLUGIN QUAYSIDE_OPENCODE_CONFIG
export XDG_CONFIG_HOME="$HOME/.config" XDG_DATA_HOME="$HOME/.local/share" XDG_STATE_HOME="$HOME/.local/state" XDG_CACHE_HOME="$HOME/.cache"
export OPENCODE_CONFIG="$own/quayside.json" OPENCODE_DISABLE_PROJECT_CONFIG=1 OPENCODE_DISABLE_MODELS_FETCH=1
export OPENCODE_DISABLE_AUTOUPDATE=1 OPENCODE_DISABLE_LSP_DOWNLOAD=1 OPENCODE_DISABLE_DEFAULT_PLUGINS=1 OPENCODE_DISABLE_SHARE=1
exec opencode serve --hostname 127.0.0.1 --port "$SERVICE_PORT"
`;
