import { AnthropicMessagesLanguageModel } from "@ai-sdk/anthropic/internal";
import { GoogleLanguageModel } from "@ai-sdk/google/internal";
import { OpenAICompatibleChatLanguageModel } from "@ai-sdk/openai-compatible";
import type { Wire } from "#domain/provider/endpoint";
import { newId } from "#platform/new-id";
import type { GatewayCall } from "./call.ts";
import { type CallOptions, UPSTREAM } from "./dialect.ts";
import { CallError, refused } from "./errors.ts";
import { withFiles } from "./fetch-files.ts";
import type { Target } from "./translate.ts";
import { type Upstream, upstreamFetch } from "./upstream.ts";

/** The vendor's own client for a provider's model. It reaches the provider through the gateway's one way out. */
export function targetOf(upstream: Upstream, call: GatewayCall): Target {
  const { provider: name, key, model } = upstream;
  const known = { name, key, price: model.price, isRemote: true };
  return { ...known, ...CLIENTS[upstream.wire](upstream, call) };
}

const CLIENTS = { chat, messages: anthropic, google } as const satisfies Record<Wire, unknown>;

type Client = Pick<Target, "model" | "prepare">;

function anthropic(upstream: Upstream, call: GatewayCall): Client {
  const modelId = upstream.model.name;
  const config = {
    provider: "anthropic.messages",
    baseURL: upstream.baseUrl,
    headers: upstream.headers,
    fetch: upstreamFetch(upstream, call),
    supportedUrls: () => ({ "image/*": [/^https?:/], "application/pdf": [/^https?:/] }),
  };
  return {
    model: new AnthropicMessagesLanguageModel(modelId, config),
    async prepare(options) {
      const asked = { ...options, stream: call.stream, userSuppliedBetas: new Set<string>() };
      const { warnings } = await AnthropicMessagesLanguageModel.prepareRequest({ modelId, config, options: asked });
      return { options, warnings };
    },
  };
}

function google(upstream: Upstream, call: GatewayCall): Client {
  const modelId = upstream.model.name;
  const config = {
    provider: "google.generative-ai",
    baseURL: upstream.baseUrl,
    headers: upstream.headers,
    fetch: upstreamFetch(upstream, call),
    generateId: () => newId("request"),
    supportedUrls: () => ({}),
  };
  return {
    model: new GoogleLanguageModel(modelId, config),
    async prepare(asked) {
      refuseWhatGoogleLacks(asked);
      const options = await withFiles(asked, upstream, call);
      return { options, warnings: (await GoogleLanguageModel.prepareRequest({ modelId, config, options })).warnings };
    },
  };
}

/** Its models choose how many calls they make. */
function refuseWhatGoogleLacks({ providerOptions }: CallOptions): void {
  if (providerOptions?.[UPSTREAM]?.parallel_tool_calls === false)
    throw new CallError(refused("parallel_tool_calls", "this provider cannot be held to one call at a time."));
}

function chat(upstream: Upstream, call: GatewayCall): Client {
  const model = new OpenAICompatibleChatLanguageModel(upstream.model.name, {
    provider: `${UPSTREAM}.chat`,
    url: ({ path }) => `${upstream.baseUrl}${path}`,
    headers: upstream.headers,
    fetch: upstreamFetch(upstream, call),
    includeUsage: true,
    supportsStructuredOutputs: true,
    supportedUrls: () => ({ "image/*": [/^https?:/] }),
    ...(upstream.kind === "openai" ? { transformRequestBody: asOpenAiTakesIt } : {}),
  });
  return {
    model,
    async prepare(options) {
      refuseFilesInResults(options);
      return { options, warnings: (await model.prepareRequest(options)).warnings };
    },
  };
}

/** OpenAI's newer models know the limit by its other name only, and no reasoning but their own. */
function asOpenAiTakesIt({ max_tokens: limit, messages, ...body }: Record<string, unknown>): Record<string, unknown> {
  const said = (messages as Record<string, unknown>[]).map(({ reasoning_content: _unread, ...message }) => message);
  return { ...body, messages: said, ...(limit === undefined ? {} : { max_completion_tokens: limit }) };
}

/** The form has no place for them, and the vendor's client would send their bytes as text. */
function refuseFilesInResults({ prompt }: CallOptions): void {
  const results = prompt.flatMap((message) => (message.role === "tool" ? message.content : []));
  const hasFile = results.some(
    (part) =>
      part.type === "tool-result" &&
      part.output.type === "content" &&
      part.output.value.some((piece) => piece.type === "file"),
  );
  if (hasFile) throw new CallError(refused("messages", "this provider takes no images in the results of tools."));
}
