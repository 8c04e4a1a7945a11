import { ChevronRight } from "lucide-react";
import type { Provider, ProviderKind } from "#contract/provider";
import { knownModel } from "#domain/provider/prices";
import { dollarsOf } from "../../lib/money-form.ts";
import { type Fact, factName } from "../../lib/provider-form.ts";
import { pricesText } from "../../lib/text-money.ts";

interface ModelFactsProps {
  kind: ProviderKind;
  /** The models as they are typed now. */
  names: string[];
  /** What is stored of the provider's models. */
  models: Provider["models"];
}

const words = pricesText;
const FACTS: Fact[] = ["context", "input", "output", "cached"];

/** The size and the prices of each model; what the price list knows stands in the empty fields. */
export function ModelFacts({ kind, names, models }: ModelFactsProps) {
  if (names.length === 0) return null;
  return (
    <details className="group/facts rounded-6 border border-n6 px-3 py-2">
      <summary className="flex items-center justify-between font-medium text-13">
        {words.title}
        <ChevronRight size={14} className="transition-transform duration-100 group-open/facts:rotate-90" aria-hidden />
      </summary>
      <p className="py-2 text-12 text-n11">{words.hint}</p>
      <ul className="flex flex-col gap-3">
        {names.map((name) => (
          <li key={name}>
            <span className="block truncate pb-1 font-mono text-12">{name}</span>
            <span className="grid grid-cols-2 gap-2 sm:grid-cols-4">
              <Fields name={name} kind={kind} stored={models.find((one) => one.name === name)} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface FieldsProps {
  name: string;
  kind: ProviderKind;
  stored: Provider["models"][number] | undefined;
}

function Fields({ name, kind, stored }: FieldsProps) {
  const own = valuesOf(stored);
  const listed = valuesOf(knownModel(kind, name) ?? undefined);
  return FACTS.map((fact) => (
    <label key={fact} className="flex flex-col gap-0.5 text-12 text-n11">
      {words[fact]}
      <input
        name={factName(fact, name)}
        inputMode="decimal"
        className="field tabular-nums"
        defaultValue={own[fact]}
        placeholder={listed[fact] || words.unknown}
        aria-label={words.of(words[fact], name)}
      />
    </label>
  ));
}

function valuesOf(
  model: Pick<Provider["models"][number], "contextTokens" | "price"> | undefined,
): Record<Fact, string> {
  const { contextTokens, price } = model ?? { contextTokens: null, price: null };
  return {
    context: contextTokens === null ? "" : String(contextTokens),
    input: dollarsOf(price?.inputMicroUsd),
    output: dollarsOf(price?.outputMicroUsd),
    cached: dollarsOf(price?.cachedMicroUsd),
  };
}
