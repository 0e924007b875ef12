import { useId } from 'react';

interface ChoiceProps<T extends string | number> {
  readonly label: string;
  /** Said by screen readers alone: what it chooses is plain to see. */
  readonly labelHidden?: boolean;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few: real radio buttons, so that the arrow keys and screen readers know what it is. */
export const Choice = <T extends string | number>({ label, labelHidden = false, value, options, onChange }: ChoiceProps<T>) => {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className={labelHidden ? 'hidden' : 'quiet'}>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
};
