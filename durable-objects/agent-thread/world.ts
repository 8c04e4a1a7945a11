import { exports } from "cloudflare:workers";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModel } from "ai";
import { fail, ok, type Result } from "#contract/problem";
import { DEMO_MODEL } from "#contract/provider";
import type { RunRecording } from "#contract/recording";
import type { CallPurpose } from "#contract/usage";
import type { Changes, ExecRequest, FileListing } from "#contract/workspace";
import { listProviders } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { takesImages } from "#domain/provider/images";
import { windowOf } from "#domain/provider/prices";
import { blobKey } from "#platform/blobs";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { settle } from "#platform/problem-response";
import type { FoundLine, RunOrder, ServiceSpec, ServiceState, Turn } from "#platform/rpc";
import { sandboxGateway } from "#platform/sandbox-gateway";
import { conversationStub, sandboxStub, threadStub } from "#platform/stubs";
import { signRunToken } from "#platform/tokens";

/** The sandbox of a run. Its machine starts with the first call that needs it. */
export interface RunSandbox {
  exec(exec: ExecRequest & { execId: string }): Promise<Result<ReadableStream<Uint8Array>>>;
  kill(execId: string): Promise<Result<null>>;
  readFile(path: string): Promise<Result<{ bytes: Uint8Array; size: number }>>;
  writeFile(path: string, bytes: Uint8Array): Promise<Result<null>>;
  listFiles(path: string): Promise<Result<FileListing>>;
  changes(): Promise<Result<Changes>>;
  /** What a search finds without a machine (`SandboxRpc.findCached`); null where one must look. */
  findCached(query: { pattern: string | null; path: string }): Promise<Result<FoundLine[] | null>>;
  /** Starts a service of the sandbox, the machine included, unless it runs. */
  ensureService(spec: ServiceSpec): Promise<Result<ServiceState>>;
  endService(name: string): Promise<Result<unknown>>;
  /** The sandbox need not stay awake for a request that named the holder. */
  releaseService(name: string, holder: string): Promise<Result<unknown>>;
  /** Requests to a service; 503 where it does not run. */
  service(name: string): ServiceFetch;
}

export type ServiceFetch = (path: string, init?: RequestInit) => Promise<Response>;

/** How a thread reaches everything outside of it. */
export interface ThreadWorld {
  /** The socket that takes the reports of a run, accepted. */
  openReports(order: RunOrder): Promise<Result<WebSocket>>;
  sandbox(order: RunOrder): RunSandbox;
  /** The run's model; `purpose` where it is called for anything but a step. */
  model(order: RunOrder, purpose?: CallPurpose): LanguageModel;
  /** What was said and done in these runs of the conversation. */
  turns(order: RunOrder, runIds: string[]): Promise<Result<Turn[]>>;
  /** The recording that a run replays. */
  recording(order: RunOrder, of: NonNullable<RunOrder["run"]["replayOf"]>): Promise<Result<RunRecording>>;
  gateway(): { baseUrl: string; host: string | null };
  /** A fresh token for the gateway, bound to the run. */
  runToken(order: RunOrder): Promise<string>;
  /** The models that the org's runs may use, and whether each takes images. */
  models(order: RunOrder): Promise<{ id: string; images: boolean }[]>;
  /** The bytes of a file attached to a message; null where it is gone. */
  readAttachment(order: RunOrder, fileId: string): Promise<Uint8Array | null>;
  /** Whether the run's model takes images. */
  takesImages(order: RunOrder): Promise<boolean>;
  /** The size of the window of the run's model; null where it is not known. */
  contextTokens(order: RunOrder): Promise<number | null>;
  /** Keeps a whole output; the address at which it can be read. */
  keepOutput(order: RunOrder, itemId: string, text: string): Promise<Result<string>>;
}

/** One object, so that a test can stand in for the world. */
export const threadWorld = {
  of(env: Env): ThreadWorld {
    return {
      openReports: (order) => openReports(env, order),
      sandbox: (order) => sandboxOf(env, order),
      model: (order, purpose) => gatewayModel(env, order, purpose),
      turns: (order, runIds) =>
        settle(
          conversationStub(env, order.orgId, order.conversationId).turns(
            { kind: "service", orgId: order.orgId },
            runIds,
          ),
          "conversation",
        ),
      recording: (order, of) => settle(threadStub(env, order.orgId, of.threadId).recording(of.runId), "agent thread"),
      gateway: () => {
        const { origin, host } = sandboxGateway(configOf(env), "llm");
        return { baseUrl: `${origin}/v1`, host };
      },
      runToken: (order) => runToken(env, order),
      models: (order) => modelsOf(env, order),
      readAttachment: (order, fileId) => readAttachment(env, order, fileId),
      takesImages: async (order) => takesImages(await listProviders(forTenant(env, order)), order.run.model),
      contextTokens: async (order) => windowOf(await listProviders(forTenant(env, order)), order.run.model),
      keepOutput: (order, itemId, text) => keepOutput(env, { order, itemId, text }),
    };
  },
};

async function openReports(env: Env, order: RunOrder): Promise<Result<WebSocket>> {
  const principal = JSON.stringify({ kind: "service", orgId: order.orgId });
  const response = await conversationStub(env, order.orgId, order.conversationId).fetch("http://conversation/report", {
    headers: { upgrade: "websocket", "x-quayside-principal": principal },
  });
  if (!response.webSocket) {
    if (response.status === 404) return fail("not_found", "The conversation does not exist.");
    return fail("unavailable", `The conversation answered ${response.status}.`);
  }
  response.webSocket.accept();
  return ok(response.webSocket);
}

function sandboxOf(env: Env, order: RunOrder): RunSandbox {
  const { binding } = order;
  const stub = () => sandboxStub(env, binding);
  return {
    exec: (exec) => settle(stub().exec(binding, exec), "sandbox"),
    kill: (execId) => settle(stub().kill(binding, execId), "sandbox"),
    readFile: (path) => settle(stub().readFile(binding, path), "sandbox"),
    writeFile: (path, bytes) => settle(stub().writeFile(binding, { path, bytes }), "sandbox"),
    listFiles: (path) => settle(stub().listFiles(binding, path), "sandbox"),
    ensureService: (spec) => settle(stub().service(binding, { do: "ensure", spec }), "sandbox"),
    endService: (name) => settle(stub().service(binding, { do: "end", name }), "sandbox"),
    releaseService: (name, holder) => settle(stub().service(binding, { do: "let_go", name, holder }), "sandbox"),
    service: (name) => (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set("x-quayside-binding", JSON.stringify(binding));
      return stub().fetch(`http://sandbox/service/${name}${path}`, { ...init, headers });
    },
    changes: () => settle(stub().changes(binding), "sandbox"),
    findCached: (query) => settle(stub().findCached(binding, query), "sandbox"),
  };
}

/** The run's model behind our own gateway, called in-process. Each request carries a fresh run token. */
function gatewayModel(env: Env, order: RunOrder, purpose: CallPurpose | undefined): LanguageModel {
  const self = (exports as unknown as { default: Fetcher }).default;
  const provider = createOpenAICompatible({
    name: "quayside",
    baseURL: `${hostUrl(configOf(env), "llm")}/v1`,
    includeUsage: true,
    apiKey: () => runToken(env, order, purpose),
    fetch: (input, init) => self.fetch(new Request(input, init)),
  });
  return provider.chatModel(order.run.model);
}

function runToken(env: Env, { orgId, conversationId, run }: RunOrder, purpose?: CallPurpose): Promise<string> {
  return signRunToken(env, { kind: "run", orgId, conversationId, runId: run.id, ...(purpose ? { purpose } : {}) });
}

async function modelsOf(env: Env, order: RunOrder) {
  const providers = await listProviders(forTenant(env, order));
  const real = providers
    .filter((one) => one.enabled)
    .flatMap((one) => one.models.map((model) => `${one.slug}/${model.name}`))
    .sort();
  return [...real, DEMO_MODEL].map((id) => ({ id, images: takesImages(providers, id) }));
}

async function readAttachment(env: Env, order: RunOrder, fileId: string): Promise<Uint8Array | null> {
  const blob = await env.FILES.get(blobKey(order, "files", fileId));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

async function keepOutput(
  env: Env,
  output: { order: RunOrder; itemId: string; text: string },
): Promise<Result<string>> {
  const { order, itemId, text } = output;
  try {
    await env.FILES.put(blobKey(order, "outputs", itemId), text, {
      httpMetadata: { contentType: "text/plain; charset=utf-8" },
      customMetadata: { conversationId: order.conversationId },
    });
    return ok(`/api/conversations/${order.conversationId}/outputs/${itemId}`);
  } catch {
    return fail("unavailable", "The output could not be kept.");
  }
}
