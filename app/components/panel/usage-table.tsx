import { useMemo } from "react";
import type { Usage } from "#contract/usage";
import { browserApi } from "../../lib/browser-api.ts";
import { costOf, count } from "../../lib/format.ts";
import { moneyApi } from "../../lib/money-api.ts";
import { usageText } from "../../lib/text-money.ts";
import { ModelName } from "../transcript/model-name.tsx";
import { useAnswerOf } from "./use-answer-of.ts";

interface UsageTableProps {
  conversationId: string;
  /** As the conversation has it now: the table is read again when it changes. */
  usage: Usage;
}

/** What the conversation's model calls cost, model by model; nothing before the first call. */
export function UsageTable({ conversationId, usage }: UsageTableProps) {
  const total = usage.inputTokens + usage.outputTokens;
  const load = useMemo(
    () => (total > 0 ? () => moneyApi(browserApi).usage(conversationId) : null),
    [conversationId, total],
  );
  const { value } = useAnswerOf(load);
  if (!value || value.models.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      <table className="w-full text-13 tabular-nums">
        <caption className="pb-1 text-left text-12 text-n11">{usageText.title}</caption>
        <thead>
          <tr className="border-n6 border-b text-12 text-n11">
            <th scope="col" className="py-1 text-left font-normal">
              {usageText.model}
            </th>
            {[usageText.calls, usageText.tokens, usageText.cost].map((one) => (
              <th key={one} scope="col" className="whitespace-nowrap py-1 pl-3 text-right font-normal">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {value.models.map((one) => (
            <tr key={one.model} className="border-n6 border-b last:border-0">
              <th scope="row" className="w-full max-w-0 truncate py-1 text-left font-normal">
                <ModelName id={one.model} />
              </th>
              <td className="whitespace-nowrap py-1 pl-3 text-right">{count(one.calls)}</td>
              <td className="whitespace-nowrap py-1 pl-3 text-right">
                {count(one.usage.inputTokens + one.usage.outputTokens)}
              </td>
              <td className="whitespace-nowrap py-1 pl-3 text-right">{costOf(one.usage)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {value.usage.unpricedTokens && <p className="text-12 text-n11">{usageText.unpriced}</p>}
    </div>
  );
}
