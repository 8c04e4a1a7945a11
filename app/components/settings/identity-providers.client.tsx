import { useState } from "react";
import type { IdentityProvider } from "#contract/identity-provider";
import { orgApi } from "../../lib/access-api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { text } from "../../lib/text.ts";
import { identityProvidersText as words } from "../../lib/text-organisation.ts";
import { useMe } from "../../lib/use-me.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, type Confirmation } from "../ui/confirm.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";
import { Empty } from "../ui/page.tsx";
import { IdentityProviderForm } from "./identity-provider-form.tsx";
import { Badge, Section } from "./parts.tsx";
import { useAsk } from "./use-ask.ts";

export default function IdentityProviders({ providers }: { providers: IdentityProvider[] }) {
  const [editing, setEditing] = useState<string | null>(null);
  const elsewhere = useMe()?.authMode !== "OAUTH";
  return (
    <div className="flex flex-col gap-6">
      <p className="text-n11">{words.intro}</p>
      {elsewhere && <Notice>{words.notHere}</Notice>}
      <Section
        id="providers"
        title={words.list}
        action={
          editing === null && (
            <Button look="primary" onClick={() => setEditing("new")}>
              {words.add}
            </Button>
          )
        }
      >
        {editing === "new" && <IdentityProviderForm provider={null} onClose={() => setEditing(null)} />}
        {providers.length === 0 && editing === null && <Empty title={words.none} detail={words.noneDetail} />}
        <ul className="flex flex-col">
          {providers.map((one) => (
            <li key={one.id} className="flex flex-col gap-3 border-n6 border-b py-3 last:border-0">
              <Provider provider={one} onEdit={() => setEditing(one.id)} />
              {editing === one.id && (
                <IdentityProviderForm key={one.rev} provider={one} onClose={() => setEditing(null)} />
              )}
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

function Provider({ provider, onEdit }: { provider: IdentityProvider; onEdit: () => void }) {
  const { id, rev, name, issuer, secret, enabled, redirectUri } = provider;
  const ask = useAsk();
  const [removing, setRemoving] = useState<Confirmation | null>(null);
  const remove = () =>
    setRemoving({
      title: words.removeAsk(name),
      detail: words.removeDetail,
      action: words.remove,
      onConfirm: () => {
        setRemoving(null);
        void ask.run(() => orgApi(browserApi).removeProvider(id, rev));
      },
    });
  const told = secret.lastFour ? words.secretEnds(secret.lastFour) : words.secretSet;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 font-medium text-15">{name}</span>
            {!enabled && <Badge look="amber">{words.off}</Badge>}
          </span>
          <span className="block font-mono text-12 text-n11">{issuer}</span>
          <span className="block text-12 text-n11">{secret.hasValue ? told : words.noSecret}</span>
        </span>
        <span className="flex gap-2">
          <Button aria-label={words.edit(name)} onClick={onEdit}>
            {text.actions.edit}
          </Button>
          <Button look="danger" disabled={ask.busy} aria-label={words.removeOne(name)} onClick={remove}>
            {words.remove}
          </Button>
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-x-2 text-12">
        <span className="text-n11">{words.redirect}</span>
        <code className="min-w-0 font-mono">{redirectUri}</code>
        <CopyButton read={() => redirectUri} />
        <span className="basis-full text-n11">{words.redirectHint}</span>
      </div>
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      <Confirm ask={removing} onClose={() => setRemoving(null)} />
    </>
  );
}
