import { type ReactNode, useId } from "react";
import type { Model } from "#contract/provider";
import { type Autonomy, agentMode, autonomy as autonomySchema, type ExecutorName } from "#contract/run";
import { text } from "../../lib/text.ts";

interface PickerProps {
  label: string;
  name?: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}

/** A small select that looks like a label until it is used. */
export function Picker({ label, name, value, onChange, children }: PickerProps) {
  const id = useId();
  return (
    <span className="min-w-0">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        name={name}
        title={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="field-sizing-content h-7 max-w-[160px] truncate rounded-6 border border-transparent bg-transparent px-1 text-12 text-n11 hover:border-n7 hover:text-n12 pointer-coarse:h-10"
      >
        {children}
      </select>
    </span>
  );
}

/** Models by their vendor; a model that is no longer offered stays visible while it is chosen. */
export function ModelOptions({ models, value }: { models: Model[]; value: string }) {
  const providers = [...new Set(models.map((one) => one.provider))];
  return (
    <>
      {!models.some((one) => one.id === value) && <option value={value}>{text.composer.goneModel(value)}</option>}
      {providers.map((provider) => (
        <optgroup key={provider} label={provider}>
          {models
            .filter((one) => one.provider === provider)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.demo ? text.models.demoName(one.name) : one.name}
              </option>
            ))}
        </optgroup>
      ))}
    </>
  );
}

export function AutonomyOptions() {
  return autonomySchema.options.map((one: Autonomy) => (
    <option key={one} value={one}>
      {text.autonomy[one]}
    </option>
  ));
}

const ENGINES: readonly ExecutorName[] = ["edge", "opencode"];

/** The engines people choose from; probes stay out of sight unless one is already in use. */
export function ExecutorOptions({ value }: { value: ExecutorName }) {
  const offered = ENGINES.includes(value) ? ENGINES : [...ENGINES, value];
  return offered.map((one) => (
    <option key={one} value={one}>
      {text.executor[one]}
    </option>
  ));
}

/** OpenCode's agents; no other engine has them. */
export function AgentModeOptions() {
  return agentMode.options.map((one) => (
    <option key={one} value={one}>
      {text.agentMode[one]}
    </option>
  ));
}
