import { MessageCircleQuestion } from "lucide-react";
import { useId, useState } from "react";
import type { Question } from "#contract/ask";
import { useShortcut } from "../../lib/shortcuts.ts";
import { text } from "../../lib/text.ts";
import { Key } from "../frame/nav.tsx";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { useAnswer } from "./use-answer.ts";

interface QuestionCardProps {
  question: Question;
  /** The pinned card listens to keys: the one in the flow does not, so that a key counts once. */
  keys?: boolean;
}

/** A question of an agent: options by click or number, words of one's own where they are allowed. */
export function QuestionCard({ question, keys = false }: QuestionCardProps) {
  const { busy, problem, answer } = useAnswer();
  const [chosen, setChosen] = useState<string[]>([]);
  const send = (answers: string[]) => {
    if (answers.length > 0) void answer({ type: "question.answer", questionId: question.id, answers });
  };
  const pick = (label: string) => {
    if (!question.multiple) send([label]);
    else setChosen((list) => (list.includes(label) ? list.filter((one) => one !== label) : [...list, label]));
  };
  useShortcut((key) => {
    const option = keys ? question.options[Number(key) - 1] : undefined;
    if (option) pick(option.label);
    return option !== undefined;
  });
  return (
    <fieldset
      className="flex min-w-0 flex-col gap-3 rounded-10 border border-accent-line bg-n1 p-3"
      aria-label={text.question.label}
    >
      <div className="flex items-start gap-2">
        <MessageCircleQuestion size={16} className="mt-1 shrink-0 text-accent" aria-hidden />
        <p className="min-w-0 whitespace-pre-wrap font-medium text-15">{question.text}</p>
      </div>
      <Options question={question} chosen={chosen} busy={busy} onPick={pick} />
      {problem && <ProblemNotice problem={problem} />}
      <AnswerForm
        question={question}
        chosen={chosen}
        busy={busy}
        onSend={send}
        onDismiss={() => void answer({ type: "question.dismiss", questionId: question.id })}
      />
    </fieldset>
  );
}

interface OptionsProps {
  question: Question;
  chosen: string[];
  busy: boolean;
  onPick: (label: string) => void;
}

function Options({ question, chosen, busy, onPick }: OptionsProps) {
  if (question.options.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1">
      {question.options.map((option, index) => (
        <li key={option.label}>
          <button
            type="button"
            disabled={busy}
            aria-pressed={question.multiple ? chosen.includes(option.label) : undefined}
            onClick={() => onPick(option.label)}
            className="flex w-full items-start gap-2 rounded-6 border border-n6 px-2 py-1.5 text-left hover:bg-n3 aria-pressed:border-accent aria-pressed:bg-accent-soft pointer-coarse:py-2.5"
          >
            {index < 9 && <Key>{index + 1}</Key>}
            <span className="flex min-w-0 flex-col">
              <span>{option.label}</span>
              {option.description && <span className="text-12 text-n11">{option.description}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface AnswerFormProps {
  question: Question;
  chosen: string[];
  busy: boolean;
  onSend: (answers: string[]) => void;
  onDismiss: () => void;
}

function AnswerForm({ question, chosen, busy, onSend, onDismiss }: AnswerFormProps) {
  const id = useId();
  const custom = question.allowCustom || question.options.length === 0;
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const own = String(new FormData(event.currentTarget).get("own") ?? "").trim();
        onSend(own ? [...chosen, own] : chosen);
      }}
    >
      {custom && (
        <>
          <label htmlFor={id} className="sr-only">
            {text.question.own}
          </label>
          <input
            id={id}
            name="own"
            className="field min-w-40 flex-1"
            placeholder={text.question.own}
            maxLength={8000}
          />
        </>
      )}
      {(custom || question.multiple) && (
        <Button type="submit" look="primary" disabled={busy}>
          {text.question.answer}
        </Button>
      )}
      <Button look="quiet" disabled={busy} onClick={onDismiss}>
        {text.question.dismiss}
      </Button>
    </form>
  );
}
