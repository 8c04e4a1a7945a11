import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import type { Body, DialectName } from "../dialect.ts";
import { ask, tokenOf, type World } from "./world.ts";

const viaGateway = (input: unknown, init?: RequestInit): Promise<Response> =>
  ask(new URL(String(input)).pathname, init ?? {});

export interface Clients {
  openai: OpenAI;
  anthropic: Anthropic;
}

/** The vendors' own client libraries (they bring Node's types, so the Worker's type check leaves this file out), which hold the world's run token and call the gateway. */
export async function clientsOf(world: World): Promise<Clients> {
  const apiKey = await tokenOf(world);
  const common = { apiKey, fetch: viaGateway as typeof fetch, maxRetries: 0, dangerouslyAllowBrowser: true };
  return {
    openai: new OpenAI({ ...common, baseURL: "http://llm.localhost:8787/v1" }),
    anthropic: new Anthropic({ ...common, authToken: null, baseURL: "http://llm.localhost:8787" }),
  };
}

/** What an answer says, whatever its dialect. */
export interface Read {
  reasoning: string;
  text: string;
  call: { id: string; name: string; input: unknown } | null;
  usage: { input: number; cached: number; output: number };
}

/** Asks as a vendor's library does, and reads the answer with it; a stream is read to its end. */
export const READERS: Record<DialectName, (clients: Clients, body: Body) => Promise<Read>> = {
  async chat({ openai }, body) {
    const { stream, ...asked } = body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming & {
      stream?: boolean;
    };
    const answer = stream
      ? await openai.chat.completions.stream({ ...asked, stream: true }).finalChatCompletion()
      : await openai.chat.completions.create(asked);
    const said = answer.choices[0]?.message as OpenAI.ChatCompletionMessage & { reasoning_content?: string };
    const call = said.tool_calls?.[0];
    return {
      reasoning: said.reasoning_content ?? "",
      text: said.content ?? "",
      call:
        call?.type === "function"
          ? { id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }
          : null,
      usage: {
        input: answer.usage?.prompt_tokens ?? 0,
        cached: answer.usage?.prompt_tokens_details?.cached_tokens ?? 0,
        output: answer.usage?.completion_tokens ?? 0,
      },
    };
  },
  async responses({ openai }, body) {
    const { stream, ...asked } = body as OpenAI.Responses.ResponseCreateParamsNonStreaming & { stream?: boolean };
    const answer = stream
      ? await openai.responses.stream({ ...asked, stream: true }).finalResponse()
      : await openai.responses.create(asked);
    const reasoning = answer.output.flatMap((item) => (item.type === "reasoning" ? item.summary : []));
    const [call] = answer.output.flatMap((item) => (item.type === "function_call" ? [item] : []));
    return {
      reasoning: reasoning.map((part) => part.text).join(""),
      text: answer.output_text,
      call: call ? { id: call.call_id, name: call.name, input: JSON.parse(call.arguments) } : null,
      usage: {
        input: answer.usage?.input_tokens ?? 0,
        cached: answer.usage?.input_tokens_details.cached_tokens ?? 0,
        output: answer.usage?.output_tokens ?? 0,
      },
    };
  },
  async messages({ anthropic }, body) {
    const { stream, ...asked } = body as unknown as Anthropic.MessageCreateParamsNonStreaming & { stream?: boolean };
    const answer = stream
      ? await anthropic.messages.stream(asked).finalMessage()
      : await anthropic.messages.create(asked);
    const { usage, content } = answer;
    const call = content.find((block) => block.type === "tool_use");
    const cached = usage.cache_read_input_tokens ?? 0;
    return {
      reasoning: content.flatMap((block) => (block.type === "thinking" ? [block.thinking] : [])).join(""),
      text: content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(""),
      call: call ? { id: call.id, name: call.name, input: call.input } : null,
      usage: {
        input: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
        cached,
        output: usage.output_tokens,
      },
    };
  },
};
