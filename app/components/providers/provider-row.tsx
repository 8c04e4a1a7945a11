import { lazy, Suspense, useState } from "react";
import type { Provider } from "#contract/provider";
import { browserApi } from "../../lib/browser-api.ts";
import { settingsApi } from "../../lib/settings-api.ts";
import { text } from "../../lib/text.ts";
import { settingsPagesText } from "../../lib/text-settings-pages.ts";
import { Button } from "../ui/button.tsx";
import { useCheck } from "./check.ts";

const CheckResult = lazy(() => import("./check-result.client.tsx"));
const RemoveProvider = lazy(() => import("./remove-provider.client.tsx"));

export function ProviderRow({ provider, onEdit }: { provider: Provider; onEdit: () => void }) {
  const check = useCheck();
  const [removing, setRemoving] = useState(false);
  const facts = [
    settingsPagesText.models.kinds[provider.kind],
    settingsPagesText.models.modelCount(provider.models.length),
    provider.key.lastFour ? settingsPagesText.models.keyEnds(provider.key.lastFour) : settingsPagesText.models.noKey,
  ];
  return (
    <div className="flex flex-col gap-2 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 basis-60">
          <span className="flex items-center gap-2">
            <span className="truncate font-medium text-15">{provider.name}</span>
            {!provider.enabled && (
              <span className="rounded-6 bg-n4 px-1.5 text-12">{settingsPagesText.models.disabled}</span>
            )}
          </span>
          <span className="block text-12 text-n11">{facts.join(" · ")}</span>
          {provider.baseUrl && <span className="block truncate font-mono text-12 text-n11">{provider.baseUrl}</span>}
        </span>
        <Button disabled={check.busy} onClick={() => check.run(() => settingsApi(browserApi).checkStored(provider.id))}>
          {check.busy ? settingsPagesText.models.checking : settingsPagesText.models.check}
        </Button>
        <Button onClick={onEdit} aria-label={settingsPagesText.models.edit(provider.name)}>
          {text.actions.edit}
        </Button>
        <Button look="danger" onClick={() => setRemoving(true)}>
          {text.actions.remove}
        </Button>
      </div>
      {(check.result || check.problem) && (
        <Suspense>
          <CheckResult check={check} />
        </Suspense>
      )}
      {removing && (
        <Suspense>
          <RemoveProvider id={provider.id} onClose={() => setRemoving(false)} />
        </Suspense>
      )}
    </div>
  );
}
